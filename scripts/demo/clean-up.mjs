import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { settledLeaks } from '../lib/leaks.mjs';
import { capture } from './show.mjs';

const LEAVE_TIMEOUT_MS = 15_000;

/**
 * Deletes both containers, waits until shimd and keeper have left, and removes the directory.
 *
 * @returns {Promise<string[]>} what would not go
 */
export async function cleanUp(places) {
  // Of a process group of their own: a second ctrl-C must not end them.
  const detached = { detached: true };
  if (existsSync(places.config)) {
    await capture('shimctl', ['--config', places.config, 'delete', '-f', places.held.id], detached).catch(
      () => undefined,
    );
  }
  await capture('runc', ['--root', places.runcRoot, 'delete', '-f', places.naive.id], detached).catch(() => undefined);
  const left = await settledLeaks([basename(places.directory)], LEAVE_TIMEOUT_MS);
  if (left.length === 0) await rm(places.directory, { recursive: true, force: true });
  return left;
}
