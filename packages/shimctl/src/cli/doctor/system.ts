import type { ContainerDocument, Crashes, LocatedContainer, VersionDocument } from '@holdfast/core/client';

/** What lstat(2) tells. */
export interface FileStatus {
  readonly type: 'file' | 'directory' | 'link' | 'socket' | 'other';
  readonly mode: number;
  readonly uid: number;
}

/** The file system that holds a path, or the nearest directory above it that exists. */
export interface Space {
  /** What exists of the path. */
  readonly at: string;
  /** `ext4`, `tmpfs`, … */
  readonly type: string;
  /** As mounted: a device, or whatever stands there. */
  readonly source: string;
  readonly bytes: number;
  readonly freeBytes: number;
  /** 0 on file systems that make inodes as they need them. */
  readonly inodes: number;
  readonly freeInodes: number;
  /** The mount or the file system. */
  readonly readOnly: boolean;
}

/** How a program ended, and the beginning of what it said. */
export interface ProgramResult {
  /** null: it was killed, or could not be run. */
  readonly code: number | null;
  readonly output: string;
}

/** What the kernel was seen to do. */
export interface KernelProbes {
  readonly pidfdOpen: boolean;
  /** PIDFD_GET_INFO tells the exit code of a process that somebody else reaped. */
  readonly pidfdExitCode: boolean;
  readonly tee: boolean;
}

/** A shim that answers. */
export interface ShimAnswer {
  readonly version: VersionDocument;
  readonly containers: readonly ContainerDocument[];
}

/**
 * The machine as `doctor` looks at it: nothing here starts or changes anything. A path on a file system that does not answer
 * makes calls reject with the code ETIMEDOUT.
 */
export interface DoctorSystem {
  /** Version of the installed holdfast. */
  readonly version: string;
  /** Of Node, without `v`. */
  readonly node: string;
  /** `uname -r`. */
  readonly kernel: string;
  /** `linux-x64` */
  readonly platform: string;
  readonly uid: number;
  /** The beginning, up to 1 MiB, of a regular file. Rejects with Node's errors. */
  readText(path: string): Promise<string>;
  /** undefined if there is nothing. */
  status(path: string): Promise<FileStatus | undefined>;
  /** Names in a directory; none if there is no such directory. */
  list(path: string): Promise<readonly string[]>;
  space(path: string): Promise<Space>;
  /** Real path of a program: absolute, or looked up in PATH as the keeper does; undefined if there is none that can be run. */
  find(program: string): Promise<string | undefined>;
  /** Runs a program for 5 s at most. */
  run(program: string, args: readonly string[]): Promise<ProgramResult>;
  /** Tries what the addon is for. Rejects if it can't be loaded. */
  probeKernel(): Promise<KernelProbes>;
  /** Path of the keeper's binary. Rejects if there is none. */
  keeper(): Promise<string>;
  /** What the state directories say. Rejects with SHIM_STATE_INSECURE or SHIM_PERMISSION. */
  containers(root: string): Promise<readonly LocatedContainer[]>;
  /** Asks the shim of a group; undefined if nobody listens. Rejects if it does not answer. */
  askShim(root: string, group: string): Promise<ShimAnswer | undefined>;
  /** Deaths of a group's shimd in a row; undefined if there were none. */
  crashes(root: string, group: string): Promise<Crashes | undefined>;
  /** Path of a group's socket. Throws SHIM_ROOT_TOO_LONG. */
  socket(root: string, group: string): string;
  /** Asks a varlink service who it is. Rejects if it does not answer. */
  askVarlink(socket: string): Promise<void>;
}
