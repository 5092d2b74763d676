import type { StatsDocument } from '../api/documents.js';
import type { ContainerCgroups } from '../cgroups/container-cgroups.js';
import { readControl } from '../cgroups/control-file.js';

type BlockIo = NonNullable<StatsDocument['blockIo']>;

export async function readBlockIo({ v1, v2 }: ContainerCgroups): Promise<StatsDocument['blockIo']> {
  if (v1['blkio'] !== undefined) return readV1(v1['blkio']);
  const text = v2 === null ? undefined : await readControl(v2, 'io.stat');
  return text === undefined ? null : sumIoStat(text);
}

/** Nested cgroups count only in the recursive file, which older kernels lack. */
async function readV1(directory: string): Promise<StatsDocument['blockIo']> {
  const text =
    (await readControl(directory, 'blkio.throttle.io_service_bytes_recursive')) ??
    (await readControl(directory, 'blkio.throttle.io_service_bytes'));
  return text === undefined ? null : sumServiceBytes(text);
}

/** Lines `8:0 Read 4096`, among others. */
export function sumServiceBytes(text: string): BlockIo {
  return { readBytes: sum(text, / Read (\d+)$/gm), writeBytes: sum(text, / Write (\d+)$/gm) };
}

/** Lines `8:0 rbytes=4096 wbytes=0 rios=1 …`. */
export function sumIoStat(text: string): BlockIo {
  return { readBytes: sum(text, /\brbytes=(\d+)/g), writeBytes: sum(text, /\bwbytes=(\d+)/g) };
}

function sum(text: string, pattern: RegExp): number {
  let total = 0;
  for (const [, digits] of text.matchAll(pattern)) total += Number(digits);
  return total;
}
