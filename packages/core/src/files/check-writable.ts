import { constants } from 'node:fs';
import { access, lstat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Rejects, in the words of {@link putFile}, with what can be told beforehand to keep a file from being put at `path`. Writes nothing. */
export async function checkWritable(path: string): Promise<void> {
  await access(dirname(path), constants.W_OK | constants.X_OK);
  await refuseSpecial(path);
}

/** A rename would put a file in the place of a device: `/dev/null` must stay what it is, for the whole machine. */
export async function refuseSpecial(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there === undefined || there.isFile() || there.isSymbolicLink()) return;
  throw new Error(there.isDirectory() ? 'a directory is there' : 'something that is no file is there');
}
