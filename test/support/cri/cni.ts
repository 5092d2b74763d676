import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

let count = 0;

/** A network of pairs of interfaces with addresses of a subnet of its own, known to the CRI plugin of this containerd alone. */
export function writeNetwork(directory: string, name: string): { readonly prefix: string } {
  const prefix = `10.${200 + (process.pid % 50)}.${(Math.floor(process.pid / 50) + count++) % 256}.`;
  const ipam = { type: 'host-local', subnet: `${prefix}0/24`, dataDir: join(directory, 'addresses') };
  const plugins = [{ type: 'ptp', ipMasq: false, ipam }];
  mkdirSync(join(directory, 'cni'), { recursive: true });
  writeFileSync(join(directory, 'cni', 'net.conflist'), JSON.stringify({ cniVersion: '0.4.0', name, plugins }));
  return { prefix };
}
