import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const READABLE = 0o644;

/** Writes a small file that others read: they see all of it, or the one before. Throws the system's errors. */
export async function writeFileWhole(path: string, text: string, mode = READABLE): Promise<void> {
  const draft = join(dirname(path), `.holdfast-${randomUUID()}`);
  try {
    const file = await open(draft, 'wx', mode);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
