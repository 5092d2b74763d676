import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Launch } from '@holdfast/core';
import type { Listeners } from '../listen/listeners.js';
import type { ShimCommandLine } from './command-line.js';

/** `start`: tells containerd where the task is served. containerd finds it again, after a restart, by the file `address` of the bundle. */
export async function start(line: ShimCommandLine, launch: Launch, listeners: Listeners): Promise<number> {
  const { path } = await listeners.ensure(line, pathOf(launch.env['TTRPC_ADDRESS']));
  const address = `unix://${path}`;
  const draft = join(launch.cwd, '.address');
  await writeFile(draft, address, { mode: 0o600 });
  await rename(draft, join(launch.cwd, 'address'));
  await launch.stdout(Buffer.from(address));
  return 0;
}

/** containerd gives paths; a URL is taken too. */
function pathOf(address: string | undefined): string | undefined {
  return address === undefined || address === '' ? undefined : address.replace(/^unix:\/\//, '');
}
