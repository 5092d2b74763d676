import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shimdCommand } from '../../src/client/shimd-command.js';

test('shimd is run by this Node, with a heap that stays small', () => {
  const { program, args } = shimdCommand('/shimd.cjs', ['--root', '/r']);
  expect(program).toBe(process.execPath);
  const script = args.indexOf('/shimd.cjs');
  expect(args.slice(script)).toEqual(['/shimd.cjs', '--root', '/r']);
  const code = `
    for (let i = 0, kept = []; i < 2e6; i++) kept[i % 100000] = { i };
    const of = (name) => v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === name).space_size;
    console.log(of('new_space'));
  `;
  const young = (flags: readonly string[]): number =>
    Number(execFileSync(program, [...flags, '-e', code], { encoding: 'utf8' }));
  expect(young(args.slice(0, script))).toBeLessThan(4 << 20);
});
