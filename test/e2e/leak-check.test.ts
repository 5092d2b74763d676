import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { IdleShim } from '../support/idle-shim.js';
import { Workbench } from '../support/workbench.js';

it('the look at what a shim has open without containers finds one descriptor too many', async () => {
  const bench = new Workbench();
  await bench.ok('create', '--bundle', bench.script('b', 'exit 0'), 'c1');
  const container = await bench.inspect('c1');
  const [shim] = await IdleShim.of([container]);
  await bench.ok('delete', '--force', 'c1');

  const leak = connect(container.shim.socket ?? '');
  // An answer tells that it was accepted, the half request keeps it open.
  leak.write('GET /v1/version HTTP/1.1\r\nHost: shim\r\n\r\nGET /v1/vers');
  await once(leak, 'data');
  await expect(shim?.expectNothingOpen(bench.directory, 300)).rejects.toThrow(/4 of socket: \(3\) of pid [0-9]+/);

  leak.destroy();
  await shim?.expectNothingOpen(bench.directory);
  await shim?.release();
});
