/** A directory of the host that the container sees. */
export interface BundleMount {
  readonly source: string;
  readonly destination: string;
  readonly readonly?: boolean;
}

export interface ProcessOptions {
  readonly args: readonly string[];
  /** `NAME=value`; a PATH is set before them. */
  readonly env?: readonly string[];
  readonly cwd?: string;
  readonly uid?: number;
  /** The uid if left out. */
  readonly gid?: number;
  readonly terminal?: boolean;
  /** Bounding set; also effective and permitted for root. */
  readonly capabilities?: readonly string[];
}

export interface SpecOptions extends ProcessOptions {
  /** Absolute. */
  readonly rootfs: string;
  readonly readonly?: boolean;
  readonly mounts?: readonly BundleMount[];
  readonly hostname?: string;
  readonly cgroupsPath?: string;
  /** `linux.resources` */
  readonly resources?: Readonly<Record<string, unknown>>;
}

export interface BundleOptions extends Omit<SpecOptions, 'rootfs'> {
  /** The bundle; made if it does not exist. */
  readonly directory: string;
  /** A root file system to share, made if it does not exist; `directory/rootfs` if left out. */
  readonly rootfs?: string;
}

export interface RuntimeSpec {
  ociVersion: string;
  process: { args: readonly string[]; env: string[]; cwd: string; terminal: boolean; [key: string]: unknown };
  root: { path: string; readonly: boolean };
  [key: string]: unknown;
}

export interface Bundle {
  readonly directory: string;
  readonly rootfs: string;
  readonly spec: RuntimeSpec;
}

export function makeBundle(options: BundleOptions): Bundle;
export function makeRootfs(rootfs: string): void;
