import type { Stats } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';

/** The kernel's own bound. */
const MAX_LINKS = 40;

/** One thing that the kernel looks at on its way to a path. */
export interface PathStep {
  readonly path: string;
  readonly stats: Stats;
}

/**
 * Everything that decides what the absolute `path` means: each directory, each symbolic link and what it leads through,
 * last the file itself, under its real path. Rejects with the error of the system call.
 */
export async function walkPath(path: string): Promise<PathStep[]> {
  const pending = names(path);
  const looks = lookAtAll(pending);
  const steps: PathStep[] = [{ path: '/', stats: await lstat('/') }];
  let links = 0;
  for (let at = '/', name = pending.shift(); name !== undefined; name = pending.shift()) {
    if (name === '..') {
      at = dirname(at);
      continue;
    }
    const next = join(at, name);
    const stats = (await looks.get(next)) ?? (await lstat(next));
    steps.push({ path: next, stats });
    if (!stats.isSymbolicLink()) {
      at = next;
      continue;
    }
    if (++links > MAX_LINKS)
      throw Object.assign(new Error(`ELOOP: too many symbolic links, '${path}'`), { code: 'ELOOP' });
    const target = await readlink(next);
    if (isAbsolute(target)) at = '/';
    pending.unshift(...names(target));
  }
  return steps;
}

/** All at once, for a path that leads through no link: each look waits for another thread. Undefined: it is looked at again, in its turn. */
function lookAtAll(names: readonly string[]): ReadonlyMap<string, Promise<Stats | undefined>> {
  if (names.includes('..')) return new Map();
  const paths = names.map((_name, i) => `/${names.slice(0, i + 1).join('/')}`);
  return new Map(paths.map((path) => [path, lstat(path).catch(() => undefined)]));
}

function names(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}
