import { join } from 'node:path';
import { ShimError } from '../plugin/shim-error.js';
import { STATE_SCHEMA } from './container-record.js';
import { readJson, writeJson } from './json-file.js';

/** The records of one directory (a container's or an exec session's). Writes of one record never overlap. */
export class RecordStore {
  #last: Promise<void> = Promise.resolve();
  #retired = false;

  constructor(readonly directory: string) {}

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Undefined if there is none. Throws SHIM_STATE_CORRUPT, SHIM_STATE_NEWER or SHIM_STATE_INSECURE. */
  async read<T extends { readonly schema: number }>(
    name: string,
    required: readonly (keyof T & string)[],
  ): Promise<T | undefined> {
    const path = this.path(name);
    const value = await readJson(path);
    if (value === undefined) return undefined;
    return checkRecord<T>(path, value, required);
  }

  write(name: string, record: { readonly schema: number }): Promise<void> {
    const write = this.#last.then(() => (this.#retired ? undefined : writeJson(this.path(name), record)));
    this.#last = write.catch(() => undefined);
    return write;
  }

  /** Before the directory is removed: later writes do nothing, since the path may be another container's by then. */
  retire(): Promise<void> {
    this.#retired = true;
    return this.#last;
  }
}

function checkRecord<T extends { readonly schema: number }>(
  path: string,
  value: unknown,
  required: readonly string[],
): T {
  if (typeof value !== 'object' || value === null || typeof (value as { schema?: unknown }).schema !== 'number') {
    throw new ShimError('SHIM_STATE_CORRUPT', `${path} is no state record`, { where: path });
  }
  const record = value as T;
  if (record.schema > STATE_SCHEMA) {
    throw new ShimError('SHIM_STATE_NEWER', `${path} has schema ${record.schema}; this version knows ${STATE_SCHEMA}`, {
      where: path,
    });
  }
  const missing = required.filter((key) => !Object.hasOwn(record, key));
  if (missing.length > 0) {
    throw new ShimError('SHIM_STATE_CORRUPT', `${path} lacks ${missing.join(', ')}`, { where: path });
  }
  return record;
}
