import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Version of the installed package. */
export const VERSION: string = readVersion();

function readVersion(): string {
  const path = createRequire(import.meta.url).resolve('@holdfast/shimctl/package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
