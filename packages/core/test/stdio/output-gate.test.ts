import { native } from '@holdfast/native';
import { expect, test } from 'vitest';
import { deferred } from '../../src/lifecycle/deferred.js';
import { OutputGate } from '../../src/stdio/output-gate.js';
import { until } from '../support/until.js';
import { PumpFixture } from './support.js';

test('it closes at once if nobody is inside, and lets nobody in then', async () => {
  const gate = new OutputGate();
  expect(gate.enter()).toBe(true);
  gate.leave();
  await gate.close();
  expect(gate.enter()).toBe(false);
});

test('a batch under way is written and taken from the pipe before it is closed; what comes then stays in the pipe', async () => {
  const gate = new OutputGate();
  const fixture = new PumpFixture(20, { gate });
  const taken = deferred<boolean>();
  fixture.sink.onRecords = () => taken.promise;
  fixture.write('one\n');
  fixture.pump.start();
  await until(() => fixture.sink.batches.length === 1);
  let closed = false;
  const closing = gate.close().then(() => (closed = true));
  fixture.write('two\n');
  expect([closed, native.pipeBytes(fixture.fd)]).toEqual([false, 8]);
  taken.resolve(true);
  await closing;
  expect([fixture.sink.text, native.pipeBytes(fixture.fd)]).toEqual(['one|', 4]);
  fixture.write('three\n');
  fixture.hangUp();
  // A poller that has seen this pipe has seen the other too.
  const other = new PumpFixture();
  other.write('seen\n');
  other.pump.start();
  await until(() => other.sink.text === 'seen|');
  expect([fixture.sink.text, native.pipeBytes(fixture.fd)]).toEqual(['one|', 10]);
});
