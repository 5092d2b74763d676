import { expect, it } from 'vitest';
import { FakeCli } from '../support/fake-cli.js';

it('sets rows and columns', async () => {
  const cli = new FakeCli();
  cli.add('c1');
  expect((await cli.run('resize', 'c1', '24', '80')).code).toBe(0);
  expect(cli.service.calls.at(-1)).toEqual([
    'resize',
    { namespace: 'default', id: 'c1' },
    expect.objectContaining({ rows: 24, columns: 80 }),
  ]);
});

it.each([
  ['-1', '80'],
  ['24', '65536'],
  ['24', 'x'],
  ['', '80'],
])('refuses %j by %j before anything is asked', async (rows, columns) => {
  const cli = new FakeCli();
  cli.add('c1');
  const { code, stderr } = await cli.run('resize', 'c1', '--', rows, columns);
  expect([code, cli.service.calls]).toEqual([2, []]);
  expect(stderr).toContain('SHIM_USAGE');
});
