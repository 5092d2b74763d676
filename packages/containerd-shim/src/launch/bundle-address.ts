import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SOCKET_DIRECTORY } from '../names.js';

/** Path of the socket that `start` has named for the task of a bundle; undefined if it did not come to that. */
export async function bundleAddress(bundle: string): Promise<string | undefined> {
  const address = await readFile(join(bundle, 'address'), 'utf8').catch(() => '');
  const path = address.replace(/^unix:\/\//, '');
  return dirname(path) === SOCKET_DIRECTORY ? path : undefined;
}
