import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandTable, withTable } from '../../../../scripts/lib/docs/command-table.mjs';
import { buildProgram } from '../../src/cli/program.js';

const README = join(import.meta.dirname, '..', '..', 'README.md');

/** Prettier makes columns as wide as their widest cell. */
function unpadded(page: string): string {
  return page
    .replaceAll(/ +\|/g, ' |')
    .replaceAll(/-{3,}/g, '---')
    .replaceAll(/\n{2,}/g, '\n');
}

it('the table of commands in the README is that of the program (node scripts/generate-docs.mjs writes it)', () => {
  const page = readFileSync(README, 'utf8');
  const table = commandTable(buildProgram);
  for (const row of ['`delete [-f] ID…`, `rm`', '`config init', '`kill [-s SIGNAL] [-a] ID [SIGNAL]`'])
    expect(table).toContain(row);
  expect(table).not.toContain('__complete');
  expect(unpadded(page)).toBe(unpadded(withTable(page, table)));
});
