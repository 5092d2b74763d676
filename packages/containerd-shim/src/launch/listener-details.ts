import type { Launch } from '@holdfast/core';
import type { ListenerDetails } from '../listen/listener.js';
import type { ShimCommandLine } from './command-line.js';

/** Not those by which the launcher and what it runs talk to each other. */
const OWN = /^HOLDFAST_(?!LAUNCHER_)/;

/** What containerd tells of itself when it calls the shim. */
export function listenerDetails({ address }: ShimCommandLine, { env }: Pick<Launch, 'env'>): ListenerDetails {
  return {
    ttrpcAddress: pathOf(env['TTRPC_ADDRESS']) ?? `${address}.ttrpc`,
    environment: Object.fromEntries(Object.entries(env).filter(([name]) => OWN.test(name))),
  };
}

/** containerd gives paths; a URL is taken too. */
function pathOf(address: string | undefined): string | undefined {
  return address === undefined || address === '' ? undefined : address.replace(/^unix:\/\//, '');
}
