import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrontEndHost, Launch } from '@holdfast/core';
import { parseDuration } from '@holdfast/core/config';
import type { Listener } from '../listen/listener.js';
import type { Listeners } from '../listen/listeners.js';
import type { ShimCommandLine } from './command-line.js';

/** `start`: tells containerd where the task is served. containerd finds it again, after a restart, by the file `address` of the bundle. */
export async function start(
  line: ShimCommandLine,
  launch: Launch,
  { host, listeners }: { readonly host: FrontEndHost; readonly listeners: Listeners },
): Promise<number> {
  const listener = await listeners.ensure(line, {
    ttrpcAddress: pathOf(launch.env['TTRPC_ADDRESS']) ?? `${line.address}.ttrpc`,
    environment: ownVariables(launch.env),
  });
  await useSettings(host, listener);
  const address = `unix://${listener.path}`;
  const draft = join(launch.cwd, '.address');
  await writeFile(draft, address, { mode: 0o600 });
  await rename(draft, join(launch.cwd, 'address'));
  await launch.stdout(Buffer.from(address));
  return 0;
}

/** What the config says of shimd itself: who started it had not read any. A config with mistakes is told of where a task needs it. */
async function useSettings(host: FrontEndHost, { environment }: Listener): Promise<void> {
  try {
    const { config } = await host.loadConfig({ cwd: '/', environment });
    const { logLevel, idleTimeout } = config.shim;
    await host.service.configure({ logLevel, idleTimeoutMs: parseDuration(idleTimeout) as number });
  } catch (error) {
    host.logger.warn({ err: error }, 'the settings of a config can not be used');
  }
}

/** Not those by which the launcher and what it runs talk to each other. */
const OWN = /^HOLDFAST_(?!LAUNCHER_)/;

function ownVariables(env: Launch['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => OWN.test(name)));
}

/** containerd gives paths; a URL is taken too. */
function pathOf(address: string | undefined): string | undefined {
  return address === undefined || address === '' ? undefined : address.replace(/^unix:\/\//, '');
}
