import { dirname, join } from 'node:path';
import { readSmallFile } from './read-small-file.js';

/** Far above any package.json in the wild. */
const MAX_BYTES = 1024 * 1024;

/** What holdfast reads of a package.json; a field may hold anything. */
export interface PackageJson {
  readonly version?: unknown;
  readonly name?: unknown;
  readonly main?: unknown;
  readonly exports?: unknown;
}

/** The package.json in `directory`, or undefined if there is none that can be read. */
export async function readPackageJson(directory: string): Promise<PackageJson | undefined> {
  try {
    const text = (await readSmallFile(join(directory, 'package.json'), MAX_BYTES)).toString('utf8');
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `directory` and all above it, nearest first. */
export function* ancestors(directory: string): Generator<string> {
  for (let at = directory; ; at = dirname(at)) {
    yield at;
    if (at === dirname(at)) return;
  }
}

/** Version of the package that holds `file`; `0.0.0` if none says one. */
export async function versionOf(file: string): Promise<string> {
  for (const directory of ancestors(dirname(file))) {
    const found = await readPackageJson(directory);
    // A build often leaves a package.json of its own that says no more than `"type": "module"`.
    if (typeof found?.version === 'string') return found.version.slice(0, 64);
    if (found?.name !== undefined) break;
  }
  return '0.0.0';
}

/** Name of the package that holds `file`; undefined if it is in none. */
export async function packageOf(file: string): Promise<string | undefined> {
  for (const directory of ancestors(dirname(file))) {
    const name = (await readPackageJson(directory))?.name;
    if (typeof name === 'string') return name.slice(0, 214);
  }
  return undefined;
}
