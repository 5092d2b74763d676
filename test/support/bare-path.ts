import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Makes a directory that has these programs of PATH and no others, to be a PATH in which nothing can be compiled. */
export function barePath(directory: string, programs: readonly string[]): string {
  mkdirSync(directory, { recursive: true });
  for (const name of programs) symlinkSync(name === 'node' ? process.execPath : find(name), join(directory, name));
  return directory;
}

function find(name: string): string {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((place) => join(place, name));
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${name} is not in PATH`);
  return found;
}
