import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { DEFAULT_OUTPUT } from '../../src/config/container-config.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';
import { until } from '../support/until.js';

const { SIGHUP, SIGTERM } = constants.signals;

/** A container that heeds no signal but KILL, and has printed more than it may for as long as a test runs. */
async function waiting(stopTimeoutMs: number) {
  const fixture = new ShimFixture();
  fixture.runtime.deadly = (signal) => signal === 9;
  const { shim } = fixture.compose();
  const rateLimit = { bytes: 0, lines: 0.0001, burstMs: 1, policy: 'block' } as const;
  const config = { ...fixture.config({ stopTimeoutMs }), output: { ...DEFAULT_OUTPUT, rateLimit } };
  await shim.create(fixture.request({ config }));
  await shim.start(REF, { requestId: fixture.requestId() });
  const print = (text: string): void => fixture.runtime.process('c1').print(text);
  print('first\nsecond\n');
  await until(() => fixture.driver.lines.length === 1);
  const kill = (signal: number) => shim.kill(REF, { requestId: fixture.requestId(), signal, all: false });
  return { fixture, shim, print, kill };
}

test('what waits for the rate limit holds up no container that is asked to end by kill', async () => {
  const { fixture, print, kill } = await waiting(60_000);
  await kill(SIGHUP);
  expect(fixture.driver.lines).toEqual(['stdout:first|']);
  await kill(SIGTERM);
  print('bye\n');
  await until(() => fixture.driver.lines.length === 3);
  expect(fixture.driver.lines).toEqual(['stdout:first|', 'stdout:second|', 'stdout:bye|']);
});

test('what waits for the rate limit holds up no container that is asked to end by stop', async () => {
  const { fixture, shim, print } = await waiting(60_000);
  const stopped = shim.stop(REF, { requestId: fixture.requestId() });
  print('bye\n');
  await until(() => fixture.driver.lines.length === 3);
  await fixture.runtime.process('c1').exit(7);
  expect(await stopped).toMatchObject({ exitCode: 7 });
});

test('of a container that does not heed the signal the limit is back when the time to stop is up', async () => {
  const { fixture, print, kill } = await waiting(1);
  await kill(SIGTERM);
  await until(() => fixture.driver.lines.length === 2);
  const begun = performance.now();
  await until(() => performance.now() > begun + 1);
  print('third\nfourth\nfifth\n');
  // What a burst allows has been saved up again at most.
  await kill(SIGHUP);
  expect(fixture.driver.lines.length).toBeLessThanOrEqual(3);
});
