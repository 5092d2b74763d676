import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../fixtures/relay-shimd.c', import.meta.url));
const output = join(dirname(source), '../../build/test/relay-shimd');

/** Path of the program that stands in for shimd, built if need be. */
export function relayPath(): string {
  if (existsSync(output) && statSync(output).mtimeMs >= statSync(source).mtimeMs) return output;
  mkdirSync(dirname(output), { recursive: true });
  const temporary = `${output}.${process.pid}`;
  execFileSync('cc', ['-O1', '-Wall', '-Wextra', '-Werror', '-o', temporary, source]);
  renameSync(temporary, output);
  return output;
}
