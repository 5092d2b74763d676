import { expect, test } from 'vitest';
import { CLOCK, COMMAND_RUNNER, KEEPER, PLUGIN_SOURCE, REAPER, SHIM_INFO } from '../../src/di/tokens.js';
import { createToken } from '../../src/di/token.js';
import type { CommandRunner } from '../../src/plugin/command-runner.js';
import type { PluginSource } from '../../src/plugins/plugin-source.js';
import type { Reaper, TrackedProcess } from '../../src/reaper/reaper.js';
import { FakeLogDriver } from '../support/fake-log-driver.js';
import { FakeRuntime } from '../support/fake-runtime.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';

test('another clock is one registration', async () => {
  const fixture = new ShimFixture();
  const { shim } = fixture.compose((root) => root.register(CLOCK, { useValue: { now: () => new Date(0) } }));
  await shim.create(fixture.request());
  const { createdAt, startedAt } = await shim.start(REF, { requestId: 's' });
  expect([createdAt, startedAt]).toEqual(['1970-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z']);
});

test('another reaper is one registration', async () => {
  const fixture = new ShimFixture();
  const tracked: number[] = [];
  const process = (pid: number): TrackedProcess => {
    const exit = { status: { kind: 'exited', code: 77 }, time: 0n, acknowledge: () => undefined } as const;
    return { pid, startTime: 1n, bootId: 'b', exited: Promise.resolve(exit) };
  };
  const reaper: Reaper = {
    reaped: { tracked: 0, orphan: 0 },
    async track(spawn) {
      const spawned = await spawn();
      tracked.push(spawned.pid);
      return { ...spawned, ...process(spawned.pid) };
    },
    identify: (pid) => process(pid),
    adopt: ({ pid }) => process(pid),
    command: () => undefined,
    commandPid: () => undefined,
    hold: () => () => undefined,
  };
  const { shim } = fixture.compose((root) => root.register(REAPER, { useValue: reaper }));
  await shim.create(fixture.request());
  await expect(shim.wait(REF, 'exit')).resolves.toMatchObject({ exitCode: 77 });
  expect(tracked).toEqual([fixture.runtime.process('c1').pid]);
});

test('another spawner is one registration, and gets the deadline of the container', async () => {
  const fixture = new ShimFixture();
  const timeouts: number[] = [];
  const runner: CommandRunner = { run: () => Promise.reject(new Error('no commands here')) };
  const { shim } = fixture.compose((root) =>
    root.register(COMMAND_RUNNER, {
      useValue: (timeoutMs: number) => {
        timeouts.push(timeoutMs);
        return runner;
      },
    }),
  );
  await shim.create(fixture.request({ config: fixture.config({ runtimeTimeoutMs: 1234 }) }));
  expect([timeouts, fixture.runtime.context?.runner === runner]).toEqual([[1234], true]);
});

test('another runtime and log driver are one registration of the plugin source', async () => {
  const fixture = new ShimFixture();
  const [runtime, driver] = [new FakeRuntime(fixture.keeper), new FakeLogDriver()];
  const plugins: PluginSource = {
    load: (kind) => {
      const definition: unknown = kind === 'runtime' ? runtime.definition : driver.definition;
      return Promise.resolve({ definition: definition as never, options: {} });
    },
  };
  const { shim } = fixture.compose((root) => root.register(PLUGIN_SOURCE, { useValue: plugins }));
  await shim.create(fixture.request());
  expect([runtime.calls, driver.calls, fixture.runtime.calls, fixture.driver.calls]).toEqual([
    ['create c1'],
    ['open'],
    [],
    [],
  ]);
  expect(driver.context?.directory).toBe(fixture.config().logDirectory);
});

test('two shims in one process share nothing', async () => {
  const [one, two] = [new ShimFixture(), new ShimFixture()];
  const shims = [one.compose().shim, two.compose().shim];
  await shims[0]?.create(one.request());
  expect(await shims[1]?.list()).toEqual([]);
});

test('tokens of one name are one, whichever copy of the module made them', () => {
  expect(createToken('Keeper')).toBe(KEEPER);
  expect(KEEPER).toBe(Symbol.for('holdfast.Keeper'));
  expect(KEEPER).not.toBe(SHIM_INFO);
});
