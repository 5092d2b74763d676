import { spawn } from 'node:child_process';
import { lstat, readFile, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mountOf, parseMounts, type Mount } from '../mounts.js';

/** File systems behind which a machine or a process may be gone: a call then waits for ever. */
const FAR = /^(?:nfs\d*|cifs|smb\w*|fuse\S*|ceph|9p|afs|lustre|gluster\S*|ocfs2|gfs2|autofs|ncpfs)$/;
const DEADLINE_MS = 3_000;
const MOST_LINKS = 40;

/** Keeps this process away from mounts that do not answer: a thread that waits for one would keep it from ending. */
export class MountGuard {
  #mounts: Promise<readonly Mount[]> | undefined;
  readonly #answers = new Map<string, Promise<boolean>>();

  /** Resolves to the mount that holds `path` if every file system on the way answers; rejects with ETIMEDOUT. */
  async pass(path: string): Promise<Mount | undefined> {
    const mounts = await this.mounts();
    let at = '/';
    let links = 0;
    const pending = path.split('/').filter((name) => name !== '');
    for (let name; (name = pending.shift()) !== undefined;) {
      const next = name === '..' ? dirname(at) : join(at, name);
      await this.#checkMount(mounts, next);
      const target = await linkTarget(next);
      if (target === undefined) at = next;
      else {
        if (++links > MOST_LINKS) break;
        pending.unshift(...target.split('/').filter((part) => part !== ''));
        if (target.startsWith('/')) at = '/';
      }
    }
    return mountOf(mounts, at);
  }

  mounts(): Promise<readonly Mount[]> {
    return (this.#mounts ??= readFile('/proc/self/mountinfo', 'utf8').then(parseMounts));
  }

  async #checkMount(mounts: readonly Mount[], path: string): Promise<void> {
    const mount = mountOf(mounts, path);
    if (mount === undefined || !FAR.test(mount.type)) return;
    let answer = this.#answers.get(mount.path);
    if (answer === undefined) this.#answers.set(mount.path, (answer = answers(mount.path)));
    if (await answer) return;
    const message = `the ${mount.type} file system at ${mount.path} does not answer`;
    throw Object.assign(new Error(message), { code: 'ETIMEDOUT' });
  }
}

async function linkTarget(path: string): Promise<string | undefined> {
  const status = await lstat(path).catch(() => undefined);
  return status?.isSymbolicLink() === true ? readlink(path) : undefined;
}

/** Asked in a process of its own, which may be left behind: not even SIGKILL ends one that waits for a dead server. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const code = 'require("node:fs").statfsSync(process.argv[1])';
    const child = spawn(process.execPath, ['-e', code, path], { stdio: 'ignore', detached: true });
    const settle = (answered: boolean): void => {
      clearTimeout(timer);
      resolve(answered);
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      child.unref();
      settle(false);
    }, DEADLINE_MS);
    child.on('error', () => settle(false)).on('exit', (exitCode) => settle(exitCode === 0));
  });
}
