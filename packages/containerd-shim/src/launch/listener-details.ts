import type { Launch } from '@holdfast/core';
import type { ListenerDetails } from '../listen/listener.js';
import type { BootstrapParams } from '../messages/bootstrap.js';
import type { ShimCommandLine } from './command-line.js';

/** Not those by which the launcher and what it runs talk to each other. */
const OWN = /^HOLDFAST_(?!LAUNCHER_)/;

/** What containerd tells of itself when it calls the shim. What it writes to stdin is to take the place of its variables. */
export function listenerDetails(
  { address }: Pick<ShimCommandLine, 'address'>,
  { env }: Pick<Launch, 'env'>,
  params?: Pick<BootstrapParams, 'ttrpcAddress'>,
): ListenerDetails {
  return {
    ttrpcAddress: pathOf(params?.ttrpcAddress) ?? pathOf(env['TTRPC_ADDRESS']) ?? `${address}.ttrpc`,
    environment: Object.fromEntries(Object.entries(env).filter(([name]) => OWN.test(name))),
  };
}

/** containerd gives paths; a URL is taken too. */
function pathOf(address: string | undefined): string | undefined {
  return address === undefined || address === '' ? undefined : address.replace(/^unix:\/\//, '');
}
