import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { FileLane } from '@holdfast/core/plugin';
import { gzipHeader } from '../compression/gzip-header.js';
import type { Origin } from '../compression/origin.js';
import { zstdHeader } from '../compression/zstd-header.js';
import { zstd } from '../compression/zstd.js';
import type { Compression } from '../options/settings.js';

const CHUNK = 64 * 1024;
/** zlib's own header, in place of which ours is written. */
const ZLIB_HEADER = 10;

/** Descriptors of one lane. */
export interface CompressFiles {
  readonly lane: FileLane;
  readonly from: number;
  readonly to: number;
  readonly origin: Origin;
  readonly compression: Compression;
}

/** Compresses one open file into another. Files are touched on the lane alone; Node's pool does the computing. */
export async function compress(
  { lane, from, to, origin, compression }: CompressFiles,
  signal: AbortSignal,
): Promise<void> {
  const { stream, header, skipped } = compression === 'zstd' ? zstdCoder(origin) : gzipCoder(origin);
  async function write(chunks: AsyncIterable<Buffer>): Promise<void> {
    await lane.write(to, header);
    let skip = skipped;
    for await (const chunk of chunks) {
      await lane.write(to, chunk.subarray(skip));
      skip = Math.max(0, skip - chunk.length);
    }
  }
  await pipeline(() => readChunks(lane, from), stream, write, { signal });
}

/** What compresses, and what is written in the place of its first `skipped` bytes. */
interface Coder {
  readonly stream: Transform;
  readonly header: Buffer;
  readonly skipped: number;
}

function gzipCoder(origin: Origin): Coder {
  return { stream: createGzip(), header: gzipHeader(origin), skipped: ZLIB_HEADER };
}

function zstdCoder(origin: Origin): Coder {
  const stream = zstd()?.compress();
  if (stream === undefined) throw new Error('this Node has no zstd');
  return { stream, header: zstdHeader(origin), skipped: 0 };
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
