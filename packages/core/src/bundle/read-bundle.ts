import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { ShimError } from '../plugin/shim-error.js';
import type { OciSpec } from './oci-spec.js';

const MAX_SPEC_BYTES = 4 << 20;

/** A bundle that was looked at before anything is started. */
export interface Bundle {
  readonly directory: string;
  readonly spec: OciSpec;
  /** Absolute. */
  readonly rootfs: string;
}

/**
 * Reads and checks the bundle in `directory`. Throws SHIM_BUNDLE_NOT_FOUND, SHIM_SPEC_NOT_FOUND, SHIM_SPEC_INVALID or
 * SHIM_ROOTFS_NOT_FOUND.
 */
export async function readBundle(directory: string): Promise<Bundle> {
  const path = join(directory, 'config.json');
  const text = await readSpec(path).catch(async (error: unknown) => {
    if (await isDirectory(directory)) throw error;
    throw new ShimError('SHIM_BUNDLE_NOT_FOUND', `no such bundle directory: ${directory}`, { where: directory });
  });
  const spec = checkSpec(path, parse(path, text));
  const rootfs = isAbsolute(spec.root.path) ? spec.root.path : resolve(directory, spec.root.path);
  if (!(await isDirectory(rootfs))) {
    throw new ShimError('SHIM_ROOTFS_NOT_FOUND', `no such root filesystem: ${rootfs}`, { where: `${path}: root.path` });
  }
  return { directory, spec, rootfs };
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function readSpec(path: string): Promise<string> {
  let file;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw new ShimError('SHIM_SPEC_NOT_FOUND', `cannot read ${path}`, { where: path, cause });
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > MAX_SPEC_BYTES) {
      throw new ShimError('SHIM_SPEC_INVALID', `${path} is no regular file of at most 4 MiB`, { where: path });
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ShimError('SHIM_SPEC_INVALID', `${path} is not JSON: ${(cause as Error).message}`, {
      where: path,
      cause,
    });
  }
}

type Json = Readonly<Record<string, unknown>>;

function checkSpec(path: string, value: unknown): OciSpec {
  const spec = object(path, '', value);
  const process = object(path, 'process', spec['process']);
  checkProcess(process, path);
  const root = object(path, 'root', spec['root']);
  require(path, 'root.path', typeof root['path'] === 'string' && root['path'] !== '', 'must be a path');
  if (spec['annotations'] !== undefined) {
    const annotations = object(path, 'annotations', spec['annotations']);
    require(path, 'annotations', Object.values(annotations).every(
      (text) => typeof text === 'string',
    ), 'must hold strings');
  }
  if (spec['linux'] !== undefined) object(path, 'linux', spec['linux']);
  return spec as unknown as OciSpec;
}

/** Checks an OCI `process` object; `where` names the file or request it stands in. Throws SHIM_SPEC_INVALID. */
export function checkProcess(process: Json, where: string): void {
  const { args, cwd, env, consoleSize } = process;
  require(where, 'process.args', isStrings(args) &&
    args.length > 0 &&
    args[0] !== '', 'must be a list of strings, not empty');
  require(where, 'process.cwd', typeof cwd === 'string' && cwd.startsWith('/'), 'must be an absolute path');
  require(where, 'process.env', env === undefined || isStrings(env), 'must be a list of strings');
  require(where, 'process.consoleSize', consoleSize === undefined ||
    isSize(consoleSize), 'must have a height and a width from 0 to 65535');
}

function object(path: string, key: string, value: unknown): Json {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  require(path, key, isObject, value === undefined ? 'is missing' : 'must be an object');
  return value as Json;
}

function isSize(value: unknown): boolean {
  const { height, width } = (value ?? {}) as Json;
  return [height, width].every((cells) => Number.isInteger(cells) && Number(cells) >= 0 && Number(cells) <= 0xffff);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function require(path: string, key: string, ok: boolean, problem: string): asserts ok {
  if (ok) return;
  const where = key === '' ? path : `${path}: ${key}`;
  throw new ShimError('SHIM_SPEC_INVALID', `${key === '' ? 'the document' : key} ${problem}`, { where });
}
