/** Flags of mount(2) that options stand for: set, or with `clear` taken back. */
const FLAGS: Readonly<Record<string, { readonly flag: number; readonly clear?: true }>> = {
  async: { flag: 0x10, clear: true },
  atime: { flag: 0x400, clear: true },
  bind: { flag: 0x1000 },
  defaults: { flag: 0 },
  dev: { flag: 0x4, clear: true },
  diratime: { flag: 0x800, clear: true },
  dirsync: { flag: 0x80 },
  exec: { flag: 0x8, clear: true },
  mand: { flag: 0x40 },
  noatime: { flag: 0x400 },
  nodev: { flag: 0x4 },
  nodiratime: { flag: 0x800 },
  noexec: { flag: 0x8 },
  nomand: { flag: 0x40, clear: true },
  norelatime: { flag: 0x200000, clear: true },
  nostrictatime: { flag: 0x1000000, clear: true },
  nosuid: { flag: 0x2 },
  rbind: { flag: 0x5000 },
  relatime: { flag: 0x200000 },
  remount: { flag: 0x20 },
  ro: { flag: 0x1 },
  rw: { flag: 0x1, clear: true },
  strictatime: { flag: 0x1000000 },
  suid: { flag: 0x2, clear: true },
  sync: { flag: 0x10 },
};

/** They change how a mount propagates, in a call of their own. */
const PROPAGATION: Readonly<Record<string, number>> = {
  private: 1 << 18,
  rprivate: (1 << 18) | 0x4000,
  shared: 1 << 20,
  rshared: (1 << 20) | 0x4000,
  slave: 1 << 19,
  rslave: (1 << 19) | 0x4000,
  unbindable: 1 << 17,
  runbindable: (1 << 17) | 0x4000,
};

export const MS_BIND = 0x1000;
export const MS_REMOUNT = 0x20;
export const MS_RDONLY = 0x1;

/** Options as mount(2) takes them. */
export interface MountOptions {
  readonly flags: number;
  /** To be set in further calls, one each. */
  readonly propagation: readonly number[];
  /** What the file system itself reads. */
  readonly data: readonly string[];
}

export function parseMountOptions(options: readonly string[]): MountOptions {
  let flags = 0;
  const propagation: number[] = [];
  const data: string[] = [];
  for (const option of options) {
    const known = Object.hasOwn(FLAGS, option) ? FLAGS[option] : undefined;
    const spread = Object.hasOwn(PROPAGATION, option) ? PROPAGATION[option] : undefined;
    if (known !== undefined) flags = known.clear === true ? flags & ~known.flag : flags | known.flag;
    else if (spread !== undefined) propagation.push(spread);
    else data.push(option);
  }
  return { flags, propagation, data };
}
