import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ShimError } from '../plugin/shim-error.js';
import { CONFIG_ENDINGS, hasConfigEnding } from './formats.js';

/** More is no config any more, and each is read. */
const MAX_FILES = 256;

/** The pattern of the names of `DIRECTORY/config.*`. */
export function configPattern(directory: string): string {
  return join(directory, `config.{${CONFIG_ENDINGS.join(',')}}`);
}

/**
 * The path of `DIRECTORY/config.ENDING`, or undefined if there is none. Rejects with SHIM_CONFIG_AMBIGUOUS for several, equal
 * or not: sooner or later they will differ. SHIM_PERMISSION and SHIM_IO as well.
 */
export async function configFileIn(directory: string): Promise<string | undefined> {
  const names = (await list(directory)).filter((name) => name.startsWith('config.') && isConfigName(name, 'config'));
  const [first, ...others] = names.map((name) => join(directory, name));
  if (first === undefined || others.length === 0) return first;
  const all = [first, ...others].join(' and ');
  throw new ShimError('SHIM_CONFIG_AMBIGUOUS', `there are several configs of one kind: ${all}`, { where: directory });
}

/** The config files in DIRECTORY/conf.d by name, the order in which each lies over those before it. Rejects with SHIM_CONFIG_INVALID, SHIM_PERMISSION, SHIM_IO. */
export async function filesOfConfD(directory: string): Promise<string[]> {
  const names = (await list(directory)).filter((name) => isConfDName(name));
  if (names.length <= MAX_FILES) return names.map((name) => join(directory, name));
  const message = `${directory}: more than ${MAX_FILES} config files`;
  throw new ShimError('SHIM_CONFIG_INVALID', message, { where: directory, remedy: 'Merge some of them.' });
}

/** A schema for editors may lie beside the config that names it. */
function isConfDName(name: string): boolean {
  return !name.startsWith('.') && !name.endsWith('.schema.json') && hasConfigEnding(name);
}

function isConfigName(name: string, stem: string): boolean {
  return CONFIG_ENDINGS.some((ending) => name === `${stem}.${ending}`);
}

/** By code unit, the same in every locale. */
async function list(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    const denied = code === 'EACCES' || code === 'EPERM';
    throw new ShimError(
      denied ? 'SHIM_PERMISSION' : 'SHIM_IO',
      `${directory}: can't look for config files: ${message}`,
      {
        where: directory,
        ...(denied && { remedy: 'Make the directory readable for this user, or run as root.' }),
        cause,
      },
    );
  }
}
