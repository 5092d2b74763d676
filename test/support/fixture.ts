import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The path of a program of test/fixtures, which is built once for this process. */
export function fixture(name: string): string {
  const program = join(tmpdir(), `holdfast-${name}-${process.pid}`);
  if (!existsSync(program)) {
    execFileSync('cc', ['-Wall', '-Werror', '-o', program, join(import.meta.dirname, '..', 'fixtures', `${name}.c`)]);
    process.on('exit', () => rmSync(program, { force: true }));
  }
  return program;
}
