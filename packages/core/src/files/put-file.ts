import { randomBytes } from 'node:crypto';
import { link, rename, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { refuseSpecial } from './check-writable.js';

/** How {@link putFile} writes. */
export interface PutFileOptions {
  readonly mode: number;
  /** True: in the place of a file or symbolic link that is there. False: EEXIST if the name is taken. */
  readonly replace: boolean;
}

/** Puts a file where somebody asked for it, whole or not at all. Rejects with the errors of Node, and leaves nothing then. */
export async function putFile(path: string, text: string, { mode, replace }: PutFileOptions): Promise<void> {
  const draft = join(dirname(path), `.${basename(path).slice(0, 200)}.${randomBytes(6).toString('hex')}`);
  try {
    if (replace) await refuseSpecial(path);
    await writeFile(draft, text, { mode, flag: 'wx' });
    // link(2) fails if the name is taken, rename(2) does not.
    await (replace ? rename(draft, path) : link(draft, path));
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}
