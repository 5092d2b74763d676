import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { FileLane } from '@holdfast/core/plugin';
import { gzipHeader, type Origin } from '../gzip-header.js';

const CHUNK = 64 * 1024;
/** zlib's own header, in place of which ours is written. */
const ZLIB_HEADER = 10;

/** Descriptors of one lane. */
export interface GzipFiles {
  readonly lane: FileLane;
  readonly from: number;
  readonly to: number;
  readonly origin: Origin;
}

/** Compresses one open file into another. Files are touched on the lane alone; zlib computes on Node's pool. */
export async function gzip({ lane, from, to, origin }: GzipFiles, signal: AbortSignal): Promise<void> {
  async function write(chunks: AsyncIterable<Buffer>): Promise<void> {
    await lane.write(to, gzipHeader(origin));
    let skip = ZLIB_HEADER;
    for await (const chunk of chunks) {
      await lane.write(to, chunk.subarray(skip));
      skip = Math.max(0, skip - chunk.length);
    }
  }
  await pipeline(() => readChunks(lane, from), createGzip(), write, { signal });
}

async function* readChunks(lane: FileLane, fd: number): AsyncGenerator<Buffer, void, undefined> {
  for (let position = 0; ;) {
    const chunk = Buffer.allocUnsafeSlow(CHUNK);
    const length = await lane.read(fd, chunk, position);
    if (length > 0) yield chunk.subarray(0, length);
    if (length < CHUNK) return;
    position += length;
  }
}
