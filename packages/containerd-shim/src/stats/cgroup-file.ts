import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const UNLIMITED = 2n ** 64n - 1n;

/** What a file of a cgroup says; undefined if there is none, or the cgroup has gone. */
export async function readText(directory: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(join(directory, name), 'utf8');
  } catch {
    return undefined;
  }
}

/** Its number; 0 if there is none, and the largest for `max`. */
export async function readNumber(directory: string, name: string): Promise<bigint> {
  const text = (await readText(directory, name))?.trim() ?? '';
  if (text === 'max') return UNLIMITED;
  return /^\d+$/.test(text) ? BigInt(text) : 0n;
}

/** Numbers by name, of lines `NAME NUMBER`. */
export async function readKeyed(directory: string, name: string): Promise<(key: string) => bigint> {
  const text = (await readText(directory, name)) ?? '';
  const numbers = new Map([...text.matchAll(/^(\w+) (\d+)$/gm)].map(([, key, digits]) => [key, BigInt(digits ?? 0)]));
  return (key) => numbers.get(key) ?? 0n;
}
