/** Options that every OCI runtime plugin shares, beside `path`. */
export const SHARED_OPTIONS = {
  args: {
    type: 'array',
    items: { type: 'string' },
    default: [],
    description: 'Further global arguments, put before holdfast\'s own, such as ["--debug"].',
  },
  systemdCgroup: {
    type: 'boolean',
    default: false,
    description: 'Let systemd make the cgroups: cgroupsPath in the spec is then SLICE:PREFIX:NAME.',
  },
  noPivot: {
    type: 'boolean',
    default: false,
    description: 'Do not use pivot_root inside the rootfs, for hosts that run from an initramfs. Less secure.',
  },
  noNewKeyring: {
    type: 'boolean',
    default: false,
    description: "Do not make a session keyring for the container: it keeps its creator's.",
  },
} as const;

/** Options as the plugin gets them, with their defaults filled in. */
export interface OciOptions {
  /** Absolute path of the runtime binary, or a name looked up in PATH. */
  readonly path: string;
  readonly args: readonly string[];
  readonly systemdCgroup: boolean;
  readonly noPivot: boolean;
  readonly noNewKeyring: boolean;
}
