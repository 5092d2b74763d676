import { constants, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { ShimError, type ErrorCode } from '@holdfast/core/plugin';

/** A JSON file may be so long. */
const LONGEST_JSON = 4 << 20;

/** The codes under which a file's absence and its faults are reported. */
export interface FileErrors {
  readonly missing: ErrorCode;
  readonly invalid: ErrorCode;
}

/** The object in a JSON file. */
export async function readJsonObject(path: string, errors: FileErrors): Promise<Record<string, unknown>> {
  const text = await readBounded(path, errors);
  const value = parse(text, path, errors);
  if (isObject(value)) return value;
  throw new ShimError(errors.invalid, 'the file does not hold a JSON object', { where: path });
}

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The whole of an open file as text; undefined if it is no regular file or longer than `longest` bytes. */
export async function readRegular(file: FileHandle, longest: number): Promise<string | undefined> {
  const status: Stats = await file.stat();
  if (!status.isFile()) return undefined;
  const buffer = Buffer.alloc(Math.min(status.size, longest) + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) return buffer.toString('utf8', 0, length);
    length += bytesRead;
  }
  return undefined;
}

async function readBounded(path: string, errors: FileErrors): Promise<string> {
  // O_NONBLOCK: a FIFO under this name must not hold us up.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw new ShimError(errors.missing, 'the file cannot be read', { where: path, cause });
  });
  try {
    const text = await readRegular(file, LONGEST_JSON);
    if (text !== undefined) return text;
    throw new ShimError(errors.invalid, `the file is not a regular file of at most ${LONGEST_JSON} bytes`, {
      where: path,
    });
  } finally {
    await file.close();
  }
}

function parse(text: string, path: string, errors: FileErrors): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ShimError(errors.invalid, `the file is not JSON: ${(cause as Error).message}`, { where: path, cause });
  }
}
