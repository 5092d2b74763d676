import { dirname, resolve } from 'node:path';
import { ShimError } from '../plugin/shim-error.js';
import type { ConfigLayer } from './config-layer.js';
import { formatPath } from './config-path.js';
import { parserFor } from './formats.js';
import { readConfigFile } from './read-config-file.js';

/** The layer of the file `--config` names. Throws SHIM_CONFIG_NOT_FOUND and what reading and parsing throw. */
export async function namedFileLayer(name: string, cwd: string): Promise<ConfigLayer> {
  const layer = await fileLayer(resolve(cwd, name));
  if (layer !== undefined) return layer;
  throw new ShimError('SHIM_CONFIG_NOT_FOUND', `${name}: there is no such config file`, { where: resolve(cwd, name) });
}

/** The layer of a file, or undefined if it does not exist. Throws what reading and parsing throw. */
export async function fileLayer(file: string): Promise<ConfigLayer | undefined> {
  const text = await readConfigFile(file);
  if (text === undefined) return undefined;
  const parsed = await parserFor(file)(text, file);
  return {
    document: parsed.value,
    directory: dirname(file),
    subject: (path, at) => {
      const { line, column } = parsed.position(path, at);
      return `${file}:${line}:${column}${path.length === 0 ? '' : ` ${formatPath(path)}`}`;
    },
    origin: (path) => `${file}:${parsed.position(path, 'key').line}`,
  };
}
