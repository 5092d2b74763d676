import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const APPLETS = ['sh', 'cat', 'echo', 'id', 'sleep', 'true'];
const BUSYBOX = '/usr/bin/busybox';

/** What a test may choose of a container's spec. */
export interface BundleOptions {
  /** The program; `sleep 1000` if left out. */
  readonly args?: readonly string[];
  readonly terminal?: boolean;
  /** Another rootfs than `../rootfs`, seen from the bundle. */
  readonly rootfs?: string;
  /** `cgroupsPath`. */
  readonly cgroup: string;
}

/** A rootfs of a static busybox and its links, with one file that cannot be executed, /bin/plain. */
export async function makeRootfs(directory: string, busybox = BUSYBOX): Promise<void> {
  for (const name of ['bin', 'dev', 'proc', 'tmp']) await mkdir(join(directory, name), { recursive: true });
  await copyFile(busybox, join(directory, 'bin/busybox'));
  await chmod(join(directory, 'bin/busybox'), 0o755);
  for (const name of APPLETS) await symlink('busybox', join(directory, 'bin', name));
  await writeFile(join(directory, 'bin/plain'), 'not a program\n', { mode: 0o644 });
}

/** A bundle directory with a config.json. The spec sets no rlimits: an unprivileged host cannot raise them. */
export async function makeBundle(directory: string, options: BundleOptions): Promise<string> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'config.json'), JSON.stringify(specOf(directory, options)));
  return directory;
}

/** An OCI process object for exec. */
export function processOf(args: readonly string[], terminal = false): object {
  return { terminal, user: { uid: 0, gid: 0 }, args, env: ['PATH=/bin'], cwd: '/' };
}

function specOf(directory: string, options: BundleOptions): object {
  return {
    ociVersion: '1.0.2',
    process: processOf(options.args ?? ['sleep', '1000'], options.terminal),
    root: { path: options.rootfs ?? join(directory, '../rootfs') },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
      { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['nosuid', 'noexec', 'newinstance'] },
    ],
    annotations: { 'org.example.test': 'yes' },
    linux: {
      cgroupsPath: options.cgroup,
      namespaces: ['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type })),
    },
  };
}
