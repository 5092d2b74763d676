import { mkdir, readlink, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './run.mjs';

/** Links node_modules/.bin/NAME: npm leaves that out in a fresh clone, where the file is not built yet. */
export async function linkBin(name, target) {
  const directory = join(ROOT, 'node_modules/.bin');
  const link = join(directory, name);
  const wanted = join('..', target);
  const present = await readlink(link).catch(() => undefined);
  if (present === wanted) return;
  await mkdir(directory, { recursive: true });
  if (present !== undefined) await unlink(link);
  await symlink(wanted, link);
}
