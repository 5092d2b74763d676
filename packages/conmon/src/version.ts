import { readFileSync } from 'node:fs';
import { PACKAGE_FILE } from './launch/paths.js';

/** Of this package, as it is installed. */
export function ownVersion(): string {
  return (JSON.parse(readFileSync(PACKAGE_FILE, 'utf8')) as { version: string }).version;
}
