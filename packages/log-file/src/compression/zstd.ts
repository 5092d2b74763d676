import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';

/** Node's zstd streams. */
export interface Zstd {
  compress(): Transform;
  /** Of one frame. `bytesWritten`: how much of what it was given belongs to the frame. */
  decompress(chunkSize: number): Transform & { readonly bytesWritten: number };
}

/** What newer versions of node:zlib have. */
interface ZstdZlib {
  readonly createZstdCompress?: (options: object) => Transform;
  readonly createZstdDecompress?: (options: object) => Transform & { readonly bytesWritten: number };
  readonly constants: { readonly ZSTD_c_checksumFlag?: number };
}

/** Undefined before Node 22.15 and 23.8. */
export function zstd(): Zstd | undefined {
  const { createZstdCompress, createZstdDecompress, constants } = zlib as unknown as ZstdZlib;
  if (createZstdCompress === undefined || createZstdDecompress === undefined) return undefined;
  const params = { [constants.ZSTD_c_checksumFlag ?? 201]: 1 };
  return {
    compress: () => createZstdCompress({ params }),
    decompress: (chunkSize) => createZstdDecompress({ chunkSize }),
  };
}
