import type { FileHandle } from 'node:fs/promises';
import { pipeline, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isZstd, skippedSize } from '../compression/zstd-header.js';
import { zstd } from '../compression/zstd.js';
import { codeOf } from '../system-error.js';

const CHUNK = 64 * 1024;
const HEAD = 8;

/** What is wrong with a compressed file, besides what zlib says itself. */
class Damage extends Error {}

/** The contents of a compressed file from its beginning. What it begins with says how it was compressed; unknown: gzip. */
export async function* inflate(handle: FileHandle): AsyncGenerator<Buffer, void, undefined> {
  if (isZstd(await headAt(handle, 0))) yield* inflateZstd(handle);
  else yield* through(handle, 0, createGunzip({ chunkSize: CHUNK }));
}

/** True for an error that says that the file, not reading it, is the trouble. */
export function isDamage(error: unknown): boolean {
  return error instanceof Damage || /^(Z_|ZSTD_)/.test(codeOf(error) ?? '');
}

/** Frame after frame: Node's stream ends with the first one, and takes a skippable one for that. */
async function* inflateZstd(handle: FileHandle): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; ;) {
    const head = await headAt(handle, at);
    if (head.length === 0) return;
    const skipped = skippedSize(head);
    if (skipped !== undefined) {
      at += skipped;
      continue;
    }
    if (!isZstd(head)) throw new Damage('what follows is not compressed');
    const stream = zstd()?.decompress(CHUNK);
    if (stream === undefined) throw new Damage(`zstd needs Node 22.15 or newer, not ${process.versions.node}`);
    yield* through(handle, at, stream);
    at += stream.bytesWritten;
  }
}

async function* through(handle: FileHandle, start: number, stream: Transform): AsyncGenerator<Buffer, void, undefined> {
  // Its error is the iterator's too. (A stream of the handle would close it when it is destroyed.)
  pipeline(bytesFrom(handle, start), stream, () => undefined);
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } finally {
    stream.destroy();
  }
}

async function* bytesFrom(handle: FileHandle, start: number): AsyncGenerator<Buffer, void, undefined> {
  for (let position = start; ;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(CHUNK), 0, CHUNK, position);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}

async function headAt(handle: FileHandle, at: number): Promise<Buffer> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, at);
  return buffer.subarray(0, bytesRead);
}
