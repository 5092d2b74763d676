import type { Crashes, LocatedContainer } from '@holdfast/core/client';
import type {
  DoctorSystem,
  FileStatus,
  KernelProbes,
  ProgramResult,
  ShimAnswer,
  Space,
} from '../../../src/cli/doctor/system.js';

const GIB = 2 ** 30;

/** What mountinfo says on hosts of the three kinds. */
export const MOUNTINFO = {
  v2: `22 27 0:21 / /proc rw,relatime - proc proc rw
29 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate
`,
  v1: `22 27 0:21 / /proc rw,relatime - proc proc rw
31 23 0:28 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs ro,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
33 31 0:30 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
`,
  hybrid: `22 27 0:21 / /proc rw,relatime - proc proc rw
31 23 0:28 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs ro,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
38 31 0:35 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`,
} as const;

export const DIRECTORY: FileStatus = { type: 'directory', mode: 0o755, uid: 0 };
export const PRIVATE: FileStatus = { type: 'directory', mode: 0o700, uid: 0 };
export const PROGRAM: FileStatus = { type: 'file', mode: 0o755, uid: 0 };

/** A machine on which all is well: cgroup v2, root, both runtimes. A test changes what it is about. */
export class FakeSystem implements DoctorSystem {
  version = '9.8.7';
  node = '20.20.2';
  kernel = '6.18.1';
  platform = 'linux-x64';
  uid = 0;
  readonly files: Record<string, string> = {
    '/proc/self/mountinfo': MOUNTINFO.v2,
    '/proc/self/status': 'Name:\tnode\nCapEff:\t000001ffffffffff\n',
    '/proc/self/limits': 'Max open files            1024                 524288               files     \n',
    '/proc/sys/fs/pipe-user-pages-soft': '16384\n',
    '/proc/sys/fs/inotify/max_user_instances': '128\n',
    '/proc/sys/fs/inotify/max_user_watches': '65536\n',
    '/usr/bin/crun': '\u007fELF',
  };
  readonly statuses: Record<string, FileStatus> = {
    '/run': DIRECTORY,
    '/run/holdfast': PRIVATE,
    '/var/log/holdfast': DIRECTORY,
    '/lib/keeper': PROGRAM,
    '/usr/sbin/runc': PROGRAM,
    '/usr/bin/crun': PROGRAM,
  };
  readonly directories: Record<string, readonly string[]> = {};
  readonly spaces: Record<string, Partial<Space>> = { '/run/holdfast': { type: 'tmpfs', source: 'tmpfs' } };
  readonly programs: Record<string, string> = {
    runc: '/usr/sbin/runc',
    crun: '/usr/bin/crun',
    journalctl: '/usr/bin/journalctl',
  };
  readonly outputs: Record<string, ProgramResult> = {
    '/usr/sbin/runc': { code: 0, output: 'runc version 1.1.5\ncommit: x\nspec: 1.0.2-dev\ngo: go1.19.8\n' },
    '/usr/bin/crun': { code: 0, output: 'crun version 1.8.1\nspec: 1.0.0\n+SYSTEMD +CAP +EBPF\n' },
  };
  probes: KernelProbes | Error = { pidfdOpen: true, pidfdExitCode: true, tee: true };
  keeperPath: string | Error = '/lib/keeper';
  located: readonly LocatedContainer[] | Error = [];
  readonly shims: Record<string, ShimAnswer | Error> = {};
  readonly crashing: Record<string, Crashes> = {};
  /** Errors of `socket`. */
  socketFailure: Error | undefined;
  readonly varlink: Record<string, Error | undefined> = {};
  readonly ran: string[] = [];

  readText(path: string): Promise<string> {
    const text = this.files[path];
    return text === undefined ? Promise.reject(missing(path)) : Promise.resolve(text);
  }

  async status(path: string): Promise<FileStatus | undefined> {
    return this.statuses[path];
  }

  async list(path: string): Promise<readonly string[]> {
    return this.directories[path] ?? [];
  }

  async space(path: string): Promise<Space> {
    const space = { at: path, type: 'ext4', source: '/dev/vda1', bytes: 100 * GIB, freeBytes: 50 * GIB };
    return { ...space, inodes: 1000, freeInodes: 500, readOnly: false, ...this.spaces[path] };
  }

  async find(program: string): Promise<string | undefined> {
    return this.programs[program];
  }

  async run(program: string): Promise<ProgramResult> {
    this.ran.push(program);
    return this.outputs[program] ?? { code: null, output: '' };
  }

  probeKernel(): Promise<KernelProbes> {
    return settle(this.probes);
  }

  keeper(): Promise<string> {
    return settle(this.keeperPath);
  }

  containers(): Promise<readonly LocatedContainer[]> {
    return settle(this.located);
  }

  async askShim(_root: string, group: string): Promise<ShimAnswer | undefined> {
    const answer = this.shims[group];
    if (answer instanceof Error) throw answer;
    return answer;
  }

  async crashes(_root: string, group: string): Promise<Crashes | undefined> {
    return this.crashing[group];
  }

  socket(root: string): string {
    if (this.socketFailure !== undefined) throw this.socketFailure;
    return `${root}/s/0`;
  }

  async askVarlink(socket: string): Promise<void> {
    const failure = this.varlink[socket];
    if (failure !== undefined) throw failure;
  }
}

function settle<T>(value: T | Error): Promise<T> {
  return value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
}

function missing(path: string): Error {
  return Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
}
