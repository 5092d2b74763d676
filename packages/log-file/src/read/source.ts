import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { ShimError } from '@holdfast/core/plugin';
import { ORIGIN_HEADER_SIZE, originOf } from '../compression/header.js';
import type { Origin } from '../compression/origin.js';
import { codeOf, messageOf } from '../system-error.js';
import { CompressedBytes } from './compressed-bytes.js';
import type { FileBytes } from './file-bytes.js';
import { PlainBytes } from './plain-bytes.js';

const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A file of the log, open for reading: it keeps its contents also when it is rotated away or compressed. */
export interface Source {
  readonly bytes: FileBytes;
  readonly path: string;
  readonly compressed: boolean;
  readonly dev: bigint;
  readonly ino: bigint;
  /** When it was opened; of a compressed one 0. */
  readonly size: number;
  /** When its last record was written, or later. */
  readonly modifiedNs: bigint;
  /** What it was before it was compressed, if that is known. */
  readonly origin: Origin | undefined;
  /** Size and time of the last change, by now. */
  now(): Promise<Pick<Origin, 'size' | 'mtimeNs'>>;
}

/** Undefined if there is no such file. `compressed`: as its name says; what it holds says how. Rejects with SHIM_LOG_READ. */
export async function openSource(path: string, compressed = false): Promise<Source | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, FLAGS);
    const source = await sourceOf(handle, { path, compressed });
    if (source !== undefined) return source;
  } catch (error) {
    await handle?.close();
    if (handle === undefined && codeOf(error) === 'ENOENT') return undefined;
    throw readError(path, messageOf(error), error);
  }
  await handle.close();
  throw readError(path, 'not a regular file');
}

async function sourceOf(
  handle: FileHandle,
  { path, compressed }: Pick<Source, 'path' | 'compressed'>,
): Promise<Source | undefined> {
  const stat = await handle.stat({ bigint: true });
  if (!stat.isFile()) return undefined;
  const origin = compressed ? await readOrigin(handle) : undefined;
  const now = async (): Promise<Pick<Origin, 'size' | 'mtimeNs'>> => {
    const { size, mtimeNs } = await handle.stat({ bigint: true });
    return { size: Number(size), mtimeNs };
  };
  return {
    bytes: compressed ? new CompressedBytes(handle, origin?.size) : new PlainBytes(handle),
    path,
    compressed,
    dev: stat.dev,
    ino: stat.ino,
    size: compressed ? 0 : Number(stat.size),
    modifiedNs: origin?.mtimeNs ?? stat.mtimeNs,
    origin,
    now,
  };
}

async function readOrigin(handle: FileHandle): Promise<Origin | undefined> {
  const header = Buffer.alloc(ORIGIN_HEADER_SIZE);
  const { bytesRead } = await handle.read(header, 0, ORIGIN_HEADER_SIZE, 0);
  return originOf(header.subarray(0, bytesRead));
}

/** True if both hold the same records: they are one file, or one is the other one compressed. */
export async function isSame(a: Source, b: Source): Promise<boolean> {
  if (a.compressed === b.compressed) return a.ino === b.ino && a.dev === b.dev;
  const [plain, { origin }] = a.compressed ? [b, a] : [a, b];
  if (origin?.ino !== plain.ino) return false;
  // The number may be another file's by now.
  const { size, mtimeNs } = await plain.now();
  return size === origin.size && mtimeNs === origin.mtimeNs;
}

/** True if one of `sources` holds the same records as `source`. */
export async function isAmong(sources: readonly Source[], source: Source): Promise<boolean> {
  for (const other of sources) if (await isSame(source, other)) return true;
  return false;
}

/** True if `path` names the open file `source`, or nothing. */
export async function leadsTo(path: string, source: Source): Promise<boolean> {
  try {
    const { dev, ino } = await lstat(path, { bigint: true });
    return dev === source.dev && ino === source.ino;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw readError(path, messageOf(error), error);
  }
}

export async function closeSources(sources: readonly Source[]): Promise<void> {
  await Promise.all(sources.map(({ bytes }) => bytes.close()));
}

export function readError(path: string, why: string, cause?: unknown): ShimError {
  return new ShimError('SHIM_LOG_READ', `cannot read the log ${path}: ${why}`, { where: path, cause });
}
