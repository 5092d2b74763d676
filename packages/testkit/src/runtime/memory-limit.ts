import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The memory limit in bytes that the cgroup of `pid` has, in v1, v2 or hybrid layout. */
export async function memoryLimit(pid: number): Promise<number> {
  const lines = (await readFile(`/proc/${pid}/cgroup`, 'utf8')).split('\n').map((line) => line.split(':'));
  const v1 = lines.find(([, controllers]) => controllers?.split(',').includes('memory'))?.[2];
  const v2 = lines.find(([hierarchy]) => hierarchy === '0')?.[2] ?? '/';
  const file = v1 === undefined ? join(v2, 'memory.max') : join('memory', v1, 'memory.limit_in_bytes');
  return Number(await readFile(join('/sys/fs/cgroup', file), 'utf8'));
}
