import { GZIP_HEADER_SIZE, gzipOrigin } from './gzip-header.js';
import type { Origin } from './origin.js';
import { ZSTD_HEADER_SIZE, zstdOrigin } from './zstd-header.js';

/** So many first bytes of a compressed file are enough for {@link originOf}. */
export const ORIGIN_HEADER_SIZE = Math.max(GZIP_HEADER_SIZE, ZSTD_HEADER_SIZE);

/** What a compressed file was before; undefined if it was compressed by somebody else. */
export function originOf(header: Buffer): Origin | undefined {
  return gzipOrigin(header) ?? zstdOrigin(header);
}
