import { readlink } from 'node:fs/promises';
import type { StatsDocument } from '../api/documents.js';
import { readControl } from '../cgroups/control-file.js';

type Network = NonNullable<StatsDocument['network']>;

/** Of the network namespace that `pid` lives in; null if it is ours, or if the process has gone. */
export async function readNetwork(pid: number): Promise<Network | null> {
  const [own, its] = await Promise.all([namespaceOf('self'), namespaceOf(pid)]);
  if (its === undefined || its === own) return null;
  const text = await readControl(`/proc/${pid}`, 'net/dev').catch(() => undefined);
  return text === undefined ? null : sumInterfaces(text);
}

/** Lines `  eth0: RXBYTES and seven more TXBYTES …`, after two of headings. */
export function sumInterfaces(text: string): Network {
  let receivedBytes = 0;
  let sentBytes = 0;
  for (const line of text.split('\n').slice(2)) {
    const [, name, counters = ''] = /^\s*([^:]+):(.*)$/.exec(line) ?? [];
    if (name === undefined || name === 'lo') continue;
    const numbers = counters.trim().split(/\s+/).map(Number);
    receivedBytes += numbers[0] ?? 0;
    sentBytes += numbers[8] ?? 0;
  }
  return { receivedBytes, sentBytes };
}

function namespaceOf(pid: number | 'self'): Promise<string | undefined> {
  return readlink(`/proc/${pid}/ns/net`).catch(() => undefined);
}
