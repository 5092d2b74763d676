import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ShimError } from '../plugin/shim-error.js';
import type { PluginReference } from './loaded-plugin.js';
import { entryOf } from './package-exports.js';
import { ancestors, readPackageJson } from './package-json.js';

const PACKAGE = /^((?:@[\w~-][\w.~-]*\/)?[\w~-][\w.~-]*)(\/.+)?$/;

/**
 * The file that `import` of the package would load from the reference's directory, or undefined if no such package is
 * installed there. Throws SHIM_PLUGIN_NOT_FOUND for a package without an entry. Neither `require.resolve` (its condition is
 * "require", so it refuses packages that are ESM only) nor `import.meta.resolve` (bound to this module) can answer this.
 */
export async function resolvePackage(reference: PluginReference): Promise<string | undefined> {
  const match = PACKAGE.exec(reference.text);
  if (match?.[1] === undefined || reference.text.split('/').includes('..')) return undefined;
  const subpath = match[2] === undefined ? '.' : `.${match[2]}`;
  for (const directory of ancestors(reference.directory)) {
    if (basename(directory) === 'node_modules') continue;
    const home = join(directory, 'node_modules', match[1]);
    const packageJson = await readPackageJson(home);
    if (packageJson === undefined) continue;
    const entry = entryOf(packageJson, subpath);
    const file = entry === undefined ? undefined : await existing(join(home, entry));
    if (file !== undefined) return file;
    throw new ShimError('SHIM_PLUGIN_NOT_FOUND', noEntry(reference, home, entry), { where: reference.place });
  }
  return undefined;
}

function noEntry({ place, text }: PluginReference, home: string, entry: string | undefined): string {
  const why = entry === undefined ? 'its "exports" have no entry for import' : `its entry ${entry} does not exist`;
  return `${place}: the package "${text}" in ${home} can't be imported: ${why}`;
}

/** "main" may leave out `.js`, or name a directory. */
async function existing(path: string): Promise<string | undefined> {
  for (const candidate of [path, `${path}.js`, join(path, 'index.js')]) {
    if ((await stat(candidate).catch(() => undefined))?.isFile() === true) return candidate;
  }
  return undefined;
}
