import { lstat, readlink } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

const MOST_LINKS = 40;
const EXECUTABLE_BY_ANY = 0o111;

/** Whether a command can be found in a root file system, as the runtime would look for it; a hint and no promise. */
export async function findCommand(
  rootfs: string,
  command: string,
  { env, cwd }: { readonly env: readonly string[]; readonly cwd: string },
): Promise<'found' | 'missing' | 'not executable'> {
  let found: 'missing' | 'not executable' = 'missing';
  for (const candidate of candidates(command, { env, cwd })) {
    const mode = await modeOf(rootfs, candidate);
    if (mode === undefined) continue;
    if ((mode & EXECUTABLE_BY_ANY) !== 0) return 'found';
    found = 'not executable';
  }
  return found;
}

function candidates(command: string, { env, cwd }: { env: readonly string[]; cwd: string }): string[] {
  if (command.includes('/')) return [isAbsolute(command) ? command : join(cwd, command)];
  const path = env.findLast((entry) => entry.startsWith('PATH='))?.slice('PATH='.length) ?? '';
  return path.split(':').map((directory) => join(isAbsolute(directory) ? '/' : cwd, directory, command));
}

/** Mode of the regular file at `path`, links resolved inside the root file system: theirs are paths of the container. */
async function modeOf(rootfs: string, path: string): Promise<number | undefined> {
  const pending = path.split('/');
  const at: string[] = [];
  let links = 0;
  for (let name; (name = pending.shift()) !== undefined;) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      at.pop();
      continue;
    }
    const status = await lstat(join(rootfs, ...at, name)).catch(() => undefined);
    if (status === undefined) return undefined;
    if (!status.isSymbolicLink()) {
      at.push(name);
      if (pending.length === 0) return status.isFile() ? status.mode : undefined;
      continue;
    }
    if (++links > MOST_LINKS) return undefined;
    const target = await readlink(join(rootfs, ...at, name)).catch(() => '');
    if (isAbsolute(target)) at.length = 0;
    pending.unshift(...target.split('/'));
  }
  return undefined;
}
