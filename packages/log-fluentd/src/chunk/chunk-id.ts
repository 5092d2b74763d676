import { createHash } from 'node:crypto';

const ID_BYTES = 16;

/** The id of a chunk, base64 of 128 bits. The same facts give the same id, so that a receiver can tell a chunk that it gets again. */
export function chunkId(...facts: readonly (string | number | bigint)[]): string {
  return createHash('sha256').update(facts.join('\0')).digest().subarray(0, ID_BYTES).toString('base64');
}
