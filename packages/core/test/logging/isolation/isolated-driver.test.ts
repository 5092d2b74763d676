import { setTimeout as delay } from 'node:timers/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ShimError } from '../../../src/plugin/shim-error.js';
import { FakeLogDriver } from '../../support/fake-log-driver.js';
import { spin } from '../../support/spin.js';
import { batchOf } from '../batch.js';
import { CALL_TIMEOUT_MS, LocalHosts, VERSION } from './support.js';

const NO_SIGNAL = new AbortController().signal;

/** Drivers in local hosts, all that were made. */
function setUp(startMs?: number): { hosts: LocalHosts; made: FakeLogDriver[] } {
  const made: FakeLogDriver[] = [];
  const hosts = new LocalHosts(() => {
    const driver = new FakeLogDriver();
    made.push(driver);
    return driver;
  }, startMs);
  return { hosts, made };
}

test('calls reach the driver, batches whole, and their answers come back', async () => {
  const { hosts, made } = setUp();
  const driver = await hosts.driver();
  await driver.open?.(NO_SIGNAL);
  const batch = batchOf('a', 'b');
  await driver.write(batch);
  // What was given away was a copy.
  expect(batch.bytes.toString()).toBe('a\nb\n');
  await driver.flush(NO_SIGNAL);
  expect(await driver.close('drained', NO_SIGNAL)).toEqual({ lost: 0 });
  expect(made[0]?.lines).toEqual(['stdout:a|', 'stdout:b|']);
  expect(made[0]?.calls).toEqual(['open', 'write', 'flush', 'close drained']);
});

describe('an error', () => {
  test('comes back with its code, what was lost and its cause', async () => {
    const { hosts, made } = setUp();
    const driver = await hosts.driver();
    (made[0] as FakeLogDriver).onWrite = () => {
      const cause = Object.assign(new Error('full'), { code: 'ENOSPC' });
      throw Object.assign(new ShimError('SHIM_LOG_WRITE', 'no', { where: '/x', cause }), { lost: 1, retry: true });
    };
    await expect(driver.write(batchOf('a', 'b'))).rejects.toMatchObject({
      code: 'SHIM_LOG_WRITE',
      where: '/x',
      lost: 1,
      retry: true,
      cause: { code: 'ENOSPC' },
    });
  });

  test('that is none is told as text', async () => {
    const { hosts, made } = setUp();
    const driver = await hosts.driver();
    const raw: unknown = 'boom';
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what a plugin may do
    (made[0] as FakeLogDriver).onWrite = () => Promise.reject(raw);
    await expect(driver.write(batchOf('a'))).rejects.toThrow('boom');
  });

  test("of create is the caller's, and the host is let go", async () => {
    const hosts = new LocalHosts(() => {
      throw new ShimError('SHIM_CONFIG_INVALID', 'no such thing', { where: 'options.x' });
    });
    await expect(hosts.driver()).rejects.toMatchObject({ code: 'SHIM_CONFIG_INVALID', where: 'logs[0].options.x' });
    await expect.poll(() => hosts.listeners.map(({ dead }) => dead)).toEqual([true]);
  });
});

describe('a host that dies', () => {
  test('fails the call, to be tried again, and the next one finds the driver opened anew', async () => {
    const { hosts, made } = setUp();
    const driver = await hosts.driver();
    await driver.open?.(NO_SIGNAL);
    (made[0] as FakeLogDriver).onWrite = () => new Promise(() => undefined);
    const write = driver.write(batchOf('a'));
    hosts.die('its thread ended');
    await expect(write).rejects.toMatchObject({
      retry: true,
      message: expect.stringContaining('its thread ended') as string,
    });
    await driver.write(batchOf('a'));
    expect(made[1]?.calls).toEqual(['open', 'write']);
    expect([hosts.counters.restarts, hosts.listeners.length]).toEqual([1, 2]);
  });

  test('is shared: each of its drivers is made again in the next one', async () => {
    const { hosts, made } = setUp();
    const drivers = [await hosts.driver(), await hosts.driver()];
    expect(hosts.listeners).toHaveLength(1);
    hosts.die();
    for (const driver of drivers) await driver.write(batchOf('a'));
    expect([hosts.listeners.length, made.length]).toEqual([2, 4]);
  });

  test('again and again is started after pauses that grow', async () => {
    const { hosts } = setUp();
    const driver = await hosts.driver();
    const begun = performance.now();
    for (let deaths = 0; deaths < 3; deaths++) {
      hosts.die();
      await driver.write(batchOf('a'));
    }
    // None before the first, then 100 ms and 200 ms: a bound from below.
    expect(performance.now() - begun).toBeGreaterThan(290);
  });

  test('of create is told', async () => {
    const hosts = new LocalHosts(() => {
      hosts.die('its thread ended');
      return new FakeLogDriver();
    });
    await expect(hosts.driver()).rejects.toMatchObject({ code: 'SHIM_LOG_OPEN', where: 'logs[0]' });
  });

  test('closes for nothing', async () => {
    const { hosts } = setUp();
    const driver = await hosts.driver();
    hosts.die();
    expect(await driver.close('deleted', NO_SIGNAL)).toEqual({ lost: 0 });
    expect(hosts.listeners).toHaveLength(1);
  });
});

test('a call that takes too long costs the host its life', async () => {
  const { hosts, made } = setUp();
  const driver = await hosts.driver();
  (made[0] as FakeLogDriver).onWrite = () => new Promise(() => undefined);
  await expect(driver.write(batchOf('a'))).rejects.toMatchObject({ name: 'HostDied', retry: true });
  await driver.write(batchOf('b'));
  expect(made[1]?.lines).toEqual(['stdout:b|']);
});

test('a call that could not be answered because somebody here spun does not', async () => {
  const { hosts, made } = setUp();
  const driver = await hosts.driver();
  (made[0] as FakeLogDriver).onWrite = () => nextTurn();
  // Timers come first in the turn of the loop behind this.
  await nextTurn();
  const written = driver.write(batchOf('a'));
  spin(60);
  await written;
  expect(hosts.listeners).toHaveLength(1);
});

test('a host is not started for who has let go of it', async () => {
  const { hosts } = setUp();
  const driver = await hosts.driver();
  hosts.die();
  await driver.close('deleted', NO_SIGNAL);
  await expect(driver.write(batchOf('a'))).rejects.toMatchObject({ name: 'HostDied' });
  expect(hosts.listeners).toHaveLength(1);
});

test('a host lives as long as one of its drivers', async () => {
  const { hosts } = setUp();
  const drivers = [await hosts.driver(), await hosts.driver()];
  await drivers[0]?.close('drained', NO_SIGNAL);
  expect(hosts.listeners[0]?.dead).toBe(false);
  await drivers[1]?.close('drained', NO_SIGNAL);
  expect(hosts.listeners[0]?.dead).toBe(true);
});

test('what a driver logs is logged here, whatever is in it', async () => {
  const hosts = new LocalHosts(({ logger }) => {
    logger.warn({ err: new Error('x'), call: () => undefined }, 'odd');
    return new FakeLogDriver();
  });
  await hosts.driver();
  expect(hosts.logger.lines).toEqual(['warn: odd']);
});

describe('the start of a host', () => {
  test('that does not come to run has a time of its own, and the error says what was waited for', async () => {
    const { hosts } = setUp(100);
    hosts.version = undefined;
    await expect(hosts.driver()).rejects.toMatchObject({
      code: 'SHIM_LOG_OPEN',
      message: expect.stringMatching(
        /^log driver mine does not come up: .* within 100 ms, waiting for a new thread/,
      ) as string,
      remedy: expect.stringContaining('short of CPU time') as string,
    });
  });

  test('that waits for the module of the plugin says that', async () => {
    const { hosts } = setUp(100);
    hosts.loading = new Promise(() => undefined);
    await expect(hosts.driver()).rejects.toMatchObject({
      message: expect.stringMatching(/within 100 ms, waiting for the module of mine to be loaded$/) as string,
      remedy: expect.stringContaining('import("mine")') as string,
    });
  });

  test('may take longer than a call', async () => {
    const { hosts, made } = setUp();
    // What a call may take goes by meanwhile.
    hosts.loading = delay(2 * CALL_TIMEOUT_MS);
    const driver = await hosts.driver();
    await driver.write(batchOf('a'));
    expect(made[0]?.lines).toEqual(['stdout:a|']);
  });

  test('of a script of another version is refused', async () => {
    const { hosts, made } = setUp();
    hosts.version = '9.9.9';
    await expect(hosts.driver()).rejects.toMatchObject({
      code: 'SHIM_LOG_OPEN',
      message: expect.stringContaining(`of holdfast 9.9.9 by now, and this shimd is ${VERSION}`) as string,
      remedy: expect.stringContaining('`shimctl upgrade`') as string,
    });
    expect(hosts.listeners.map(({ dead }) => dead)).toEqual([true]);
    expect(made.flatMap(({ calls }) => calls)).toEqual([]);
  });
});

test.each([
  ['a number', () => 3],
  ['something that has a then alone', () => ({ then: (done: (value: unknown) => void) => done(7) })],
])('what write and flush give back as %s is waited for, and no error', async (_title, answer) => {
  const { hosts, made } = setUp();
  const driver = await hosts.driver();
  Object.assign(made[0] as FakeLogDriver, { write: answer, flush: answer });
  await driver.write(batchOf('a'));
  await driver.flush(NO_SIGNAL);
  expect(await driver.close('drained', NO_SIGNAL)).toEqual({ lost: 0 });
});

test('what can not be looked at is an error as any other', async () => {
  const { hosts, made } = setUp();
  const driver = await hosts.driver();
  const refuse = (): never => {
    throw new Error('no');
  };
  const hostile = new Proxy(new Error('x'), { get: refuse, getPrototypeOf: refuse, has: refuse, ownKeys: refuse });
  (made[0] as FakeLogDriver).onWrite = () => Promise.reject(hostile);
  await expect(driver.write(batchOf('a'))).rejects.not.toMatchObject({ name: 'HostDied' });
});

test('a call that takes too long says which, how long, and what to do', async () => {
  const { hosts, made } = setUp();
  const driver = await hosts.driver();
  (made[0] as FakeLogDriver).onOpen = () => new Promise(() => undefined);
  await expect(driver.open?.(NO_SIGNAL)).rejects.toMatchObject({
    code: 'SHIM_LOG_OPEN',
    message: expect.stringContaining('since open took more than 50 ms (limits.logTimeout)') as string,
    remedy: expect.stringContaining('limits.logTimeout') as string,
  });
});
