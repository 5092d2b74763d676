import { writeSync } from 'node:fs';
import { expect, test } from 'vitest';
import { until } from '../../support/until.js';
import { ForwardFixture, Reader } from './support.js';

test('output goes on as it came, and its end with the end of the process', async () => {
  const fixture = new ForwardFixture();
  const [stdout, stderr] = [new Reader(fixture.fifo('out')), new Reader(fixture.fifo('err'))];
  const io = fixture.io({ stdout: stdout.path, stderr: `fifo://${stderr.path}` });
  const process = await fixture.process(io);
  io.start();
  writeSync(process.stdout, 'one');
  await stdout.awaitText('one');
  writeSync(process.stderr, 'two\n\0');
  await stderr.awaitText('two\n\0');
  expect([stdout.ended, stderr.ended]).toEqual([false, false]);
  writeSync(process.stdout, 'last');
  process.close();
  await stdout.awaitEnd();
  await stderr.awaitEnd();
  await io.drained;
  expect(stdout.bytes.toString()).toBe('onelast');
  await io.release();
  expect(fixture.keeper.held.size).toBe(0);
});

test('log drivers get the same', async () => {
  const fixture = new ForwardFixture();
  const stdout = new Reader(fixture.fifo('out'));
  const io = fixture.io({ stdout: stdout.path }, true);
  const process = await fixture.process(io);
  expect([...fixture.keeper.held.keys()].sort()).toEqual(['k/forward-stdout', 'k/stderr', 'k/stdout', 'k/stdout.log']);
  io.start();
  writeSync(process.stdout, 'one\ntwo');
  writeSync(process.stderr, 'err\n');
  await stdout.awaitText('one\ntwo');
  process.close();
  await stdout.awaitEnd();
  await io.drained;
  await until(() => fixture.log.stdout === 'one\ntwo');
  expect(fixture.log).toEqual({ stdout: 'one\ntwo', stderr: 'err\n' });
  await io.release();
  expect(fixture.keeper.held.size).toBe(0);
});
