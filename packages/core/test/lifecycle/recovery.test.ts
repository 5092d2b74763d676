import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deferred } from '../../src/lifecycle/deferred.js';
import { readProcess } from '../../src/reaper/process-identity.js';
import { exitedWith } from '../support/fake-keeper.js';
import { path, recover, rewrite, started } from '../support/killed-shim.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';
import { until } from '../support/until.js';

test('a running container goes on: output, exit and delete', async () => {
  const fixture = await started();
  const shim = await recover(fixture);
  const { pid } = fixture.runtime.process('c1');
  expect(await shim.inspect(REF)).toMatchObject({ status: 'running', pid });
  fixture.runtime.process('c1').print('after\n', 'stderr');
  await fixture.runtime.process('c1').exit(8);
  await expect(shim.wait(REF, 'drained')).resolves.toMatchObject({ exitCode: 8 });
  expect(fixture.driver.lines).toEqual(['stderr:after|']);
  await shim.delete(REF, { requestId: 'd', force: false });
  expect(fixture.keeper.held.size).toBe(0);
});

test('a created container can be started by the next shimd', async () => {
  const fixture = await started(false);
  const shim = await recover(fixture);
  await expect(shim.start(REF, { requestId: 'next' })).resolves.toMatchObject({ status: 'running' });
});

test('the log of one whose create was cut short is opened, so that its driver takes back what it had made', async () => {
  const fixture = await started(false);
  rewrite(fixture, 'runtime.json', { phase: 'creating', pid: 0 });
  writeFileSync(path(fixture, 'pid'), '');
  fixture.driver.calls.length = 0;
  await expect((await recover(fixture)).inspect(REF)).rejects.toMatchObject({ code: 'SHIM_CONTAINER_NOT_FOUND' });
  expect(fixture.driver.calls).toEqual(['open', 'close deleted']);
});

test('a start that was recorded as done is not done again for the same request', async () => {
  const fixture = new ShimFixture();
  const { shim } = fixture.compose();
  await shim.create(fixture.request());
  await shim.start(REF, { requestId: 'same' });
  await (await recover(fixture)).start(REF, { requestId: 'same' });
  expect(fixture.runtime.calls.filter((call) => call === 'start c1')).toHaveLength(1);
});

test('an exit while no shimd lived is found with the keeper', async () => {
  const fixture = await started();
  fixture.keeper.onExit = () => undefined;
  fixture.runtime.process('c1').print('unread');
  await fixture.runtime.process('c1').exit(42);
  const shim = await recover(fixture);
  await expect(shim.wait(REF, 'drained')).resolves.toMatchObject({ exitCode: 42 });
  expect(fixture.driver.lines).toEqual(['stdout:unread']);
  expect(fixture.keeper.kept).toEqual([]);
});

test('an exit that comes in the very moment in which recovery begins is not forgotten', async () => {
  const fixture = await started();
  const { shim, containers } = fixture.compose();
  const { pid } = fixture.runtime.process('c1');
  const recovery = containers.recover();
  fixture.keeper.report({ pid, startTime: readProcess(pid)?.startTime ?? 0n, waitStatus: exitedWith(42) });
  await recovery;
  await expect(shim.wait(REF, 'exit')).resolves.toMatchObject({ exitCode: 42 });
});

test('an exit that no keeper knows is unknown and not invented', async () => {
  const fixture = await started();
  fixture.keeper.onExit = () => undefined;
  await fixture.runtime.process('c1').exit(42);
  for (const { seq } of [...fixture.keeper.kept]) fixture.keeper.acknowledge(seq);
  await expect((await recover(fixture)).wait(REF, 'exit')).resolves.toMatchObject({ exitCode: null, signal: null });
});

test('a container of another boot ended in an unknown way', async () => {
  const fixture = await started();
  rewrite(fixture, 'request.json', { bootId: 'another' });
  await expect((await recover(fixture)).wait(REF, 'exit')).resolves.toMatchObject({ exitCode: null });
});

describe('phase creating', () => {
  test('without a command or a pid is undone', async () => {
    const fixture = await started(false);
    const { pid } = fixture.runtime.process('c1');
    rewrite(fixture, 'runtime.json', { phase: 'creating', pid: 0, startTime: '0' });
    writeFileSync(path(fixture, 'pid'), '');
    const shim = await recover(fixture);
    expect(await shim.list()).toEqual([]);
    expect([existsSync(fixture.layout.container(REF)), fixture.keeper.isAlive(pid)]).toEqual([false, false]);
  });

  test('whose runtime command came to its end is a created container', async () => {
    const fixture = await started(false);
    const { pid } = fixture.runtime.process('c1');
    rewrite(fixture, 'runtime.json', { phase: 'creating', pid: 0, startTime: '0' });
    expect(await (await recover(fixture)).inspect(REF)).toMatchObject({ status: 'created', pid });
  });

  test('whose runtime command is still at work is waited for', async () => {
    const fixture = await started(false);
    const { instance } = JSON.parse(readFileSync(path(fixture, 'request.json'), 'utf8')) as { instance: string };
    rewrite(fixture, 'runtime.json', { phase: 'creating', pid: 0, startTime: '0' });
    const command = await fixture.keeper.adopt(instance);
    const recovered = recover(fixture);
    await fixture.keeper.exit(command.pid, 0);
    expect(await (await recovered).inspect(REF)).toMatchObject({ status: 'created' });
  });

  describe('whose runtime command does not come to an end', () => {
    async function hanging(): Promise<{ fixture: ShimFixture; command: number; requestId: string }> {
      const fixture = await started(false);
      const records = JSON.parse(readFileSync(path(fixture, 'request.json'), 'utf8')) as Record<string, string>;
      rewrite(fixture, 'runtime.json', { phase: 'creating', pid: 0, startTime: '0' });
      const { pid } = await fixture.keeper.adopt(records.instance);
      return { fixture, command: pid, requestId: records.requestId! };
    }

    test('keeps nobody else waiting; its id is in use, and whoever asked for it gets it', async () => {
      const { fixture, command, requestId } = await hanging();
      const shim = await recover(fixture);
      await shim.create({ ...fixture.request(), id: 'c2' });
      await expect(shim.create(fixture.request())).rejects.toMatchObject({ code: 'SHIM_CONTAINER_EXISTS' });
      const asked = shim.create({ ...fixture.request(), requestId });
      await fixture.keeper.exit(command, 0);
      expect(await asked).toMatchObject({ id: 'c1', status: 'created' });
      expect(fixture.runtime.calls.filter((call) => call.startsWith('create'))).toEqual(['create c1', 'create c2']);
    });

    test('is not taken for something broken, to be removed', async () => {
      const { fixture, command, requestId } = await hanging();
      const shim = await recover(fixture);
      const removed = shim.delete(REF, { requestId: 'force', force: true });
      await expect(removed).rejects.toMatchObject({ code: 'SHIM_CONTAINER_NOT_FOUND' });
      const asked = shim.create({ ...fixture.request(), requestId });
      await fixture.keeper.exit(command, 0);
      expect(await asked).toMatchObject({ id: 'c1', status: 'created' });
      expect(existsSync(fixture.layout.container(REF))).toBe(true);
    });

    test('and has made nothing is made again for whoever asked for it', async () => {
      const { fixture, command, requestId } = await hanging();
      const shim = await recover(fixture);
      writeFileSync(path(fixture, 'pid'), '');
      const asked = shim.create({ ...fixture.request(), requestId });
      await fixture.keeper.exit(command, 1);
      expect(await asked).toMatchObject({ id: 'c1', status: 'created' });
      expect(fixture.runtime.calls.filter((call) => call === 'create c1')).toHaveLength(2);
    });

    test('has its descriptors kept, and an exit of its init is not forgotten', async () => {
      const { fixture, command, requestId } = await hanging();
      const shim = await recover(fixture);
      expect([...fixture.keeper.held.keys()].map((key) => key.split('/')[1])).toEqual(['stdout', 'stderr']);
      await fixture.runtime.process('c1').exit(5);
      const asked = shim.create({ ...fixture.request(), requestId });
      await fixture.keeper.exit(command, 0);
      await asked;
      expect(await shim.wait(REF, 'drained')).toMatchObject({ exitCode: 5 });
    });
  });
});

test('phase deleting is carried through', async () => {
  const fixture = await started();
  rewrite(fixture, 'runtime.json', { phase: 'deleting' });
  const shim = await recover(fixture);
  expect([await shim.list(), existsSync(fixture.layout.container(REF))]).toEqual([[], false]);
  expect(await fixture.keeper.quit()).toBe(true);
});

describe('a stop', () => {
  const kills = ({ runtime }: ShimFixture): string[] => runtime.calls.filter((call) => call.startsWith('kill'));

  async function stopping(timeoutMs: number): Promise<ShimFixture> {
    const fixture = new ShimFixture();
    fixture.runtime.deadly = (signal) => signal === 9;
    const { shim } = fixture.compose();
    await shim.create(fixture.request());
    await shim.start(REF, { requestId: 'start' });
    void shim.stop(REF, { requestId: 'stop', timeoutMs }).catch(() => undefined);
    await until(() => readFileSync(path(fixture, 'runtime.json'), 'utf8').includes('"stop"'));
    return fixture;
  }

  test('is gone on with by the next shimd: one signal, and what is left of the time', async () => {
    const fixture = await stopping(600_000);
    const { stop } = JSON.parse(readFileSync(path(fixture, 'runtime.json'), 'utf8')) as { stop: { deadline: number } };
    rewrite(fixture, 'runtime.json', { stop: { ...stop, deadline: Date.now() } });
    const shim = await recover(fixture);
    await expect(shim.stop(REF, { requestId: 'stop', timeoutMs: 600_000 })).resolves.toMatchObject({ exitCode: 137 });
    expect(kills(fixture)).toEqual(['kill c1 15', 'kill c1 9']);
  });

  test('comes to its end though nobody asks again', async () => {
    const fixture = await stopping(600_000);
    const { stop } = JSON.parse(readFileSync(path(fixture, 'runtime.json'), 'utf8')) as { stop: { deadline: number } };
    rewrite(fixture, 'runtime.json', { stop: { ...stop, deadline: 0 } });
    const shim = await recover(fixture);
    await expect(shim.wait(REF, 'drained')).resolves.toMatchObject({ exitCode: 137 });
    expect(kills(fixture)).toEqual(['kill c1 15', 'kill c1 9']);
  });

  test('that is sent again to the same shimd is one', async () => {
    const fixture = new ShimFixture();
    fixture.runtime.deadly = (signal) => signal === 9;
    const { shim } = fixture.compose();
    await shim.create(fixture.request());
    await shim.start(REF, { requestId: 'start' });
    const ask = (): Promise<unknown> => shim.stop(REF, { requestId: 'stop', timeoutMs: 50 });
    const [first, second] = await Promise.all([ask(), ask()]);
    expect(second).toEqual(first);
    expect(kills(fixture)).toEqual(['kill c1 15', 'kill c1 9']);
  });

  test('of another request has a signal and a deadline of its own', async () => {
    const fixture = await stopping(600_000);
    const shim = await recover(fixture);
    await expect(shim.stop(REF, { requestId: 'now', timeoutMs: 0 })).resolves.toMatchObject({ exitCode: 137 });
    expect(kills(fixture)).toEqual(['kill c1 15', 'kill c1 15', 'kill c1 9']);
  });
});

describe('a stopped container', () => {
  test('whose output was drained is as it was', async () => {
    const fixture = await started();
    await fixture.runtime.process('c1').exit(2);
    await until(() =>
      (existsSync(path(fixture, 'exit.json')) ? readFileSync(path(fixture, 'exit.json'), 'utf8') : '').includes(
        '"drained":true',
      ),
    );
    const shim = await recover(fixture);
    await expect(shim.wait(REF, 'drained')).resolves.toMatchObject({ exitCode: 2 });
    await shim.delete(REF, { requestId: 'd', force: false });
    expect(await shim.list()).toEqual([]);
  });

  test('whose output was not drained is drained', async () => {
    const fixture = await started();
    fixture.keeper.onExit = () => undefined;
    fixture.runtime.process('c1').print('rest\n');
    await fixture.runtime.process('c1').exit(2);
    const exit = { schema: 1, exitCode: 2, signal: null, exitedAt: '2024-01-01T00:00:00.000Z', drained: false };
    writeFileSync(path(fixture, 'exit.json'), JSON.stringify(exit));
    const gate = deferred<void>();
    fixture.driver.onFlush = () => gate.resolve();
    await expect((await recover(fixture)).wait(REF, 'drained')).resolves.toMatchObject({ exitCode: 2 });
    await gate.promise;
    expect(fixture.driver.lines).toContain('stdout:rest|');
  });
});

describe('records that cannot be read', () => {
  test.each([
    ['truncated', (file: string) => writeFileSync(file, '{"schema":1'), 'SHIM_STATE_CORRUPT'],
    ['of a newer version', (file: string) => writeFileSync(file, '{"schema":99}'), 'SHIM_STATE_NEWER'],
  ])(
    '(%s) keep no other container from being recovered, are shown, and go by force if they are ours',
    async (_how, spoil, code) => {
      const fixture = await started();
      const other = fixture.layout.container({ namespace: 'default', id: 'c2' });
      mkdirSync(other, { mode: 0o700 });
      spoil(join(other, 'request.json'));
      const shim = await recover(fixture);
      const [whole, broken] = await shim.list();
      expect([whole?.status, broken?.status, broken?.error?.code]).toEqual(['running', 'unknown', code]);
      const ref = { ...REF, id: 'c2' };
      await expect(shim.start(ref, { requestId: 'x' })).rejects.toMatchObject({ code });
      await expect(shim.create(fixture.request({ id: 'c2' }))).rejects.toMatchObject({ code: 'SHIM_CONTAINER_EXISTS' });
      await expect(shim.delete(ref, { requestId: 'y', force: false })).rejects.toMatchObject({ code });
      const removal = shim.delete(ref, { requestId: 'z', force: true });
      // What a newer version wrote is not ours to remove.
      const kept = code === 'SHIM_STATE_NEWER';
      if (kept) await expect(removal).rejects.toMatchObject({ code });
      else await removal;
      expect(existsSync(other)).toBe(kept);
    },
  );
});

test('a forced delete removes the default logs of a container whose request can still be read', async () => {
  const fixture = await started();
  const { logDirectory } = fixture.config();
  mkdirSync(logDirectory, { recursive: true });
  writeFileSync(join(logDirectory, 'container.log'), 'text');
  writeFileSync(path(fixture, 'runtime.json'), '{"schema":1');
  const shim = await recover(fixture);
  expect(await shim.inspect(REF)).toMatchObject({ status: 'unknown', error: { code: 'SHIM_STATE_CORRUPT' } });
  await shim.delete(REF, { requestId: 'd', force: true });
  expect(existsSync(logDirectory)).toBe(false);
});

test('containers of another group are left alone', async () => {
  const fixture = await started();
  rewrite(fixture, 'request.json', { group: 'another' });
  expect(await (await recover(fixture)).list()).toEqual([]);
  expect(existsSync(fixture.layout.container(REF))).toBe(true);
});

test('what killed runtime commands left in the scratch directory is gone, and nothing that a link there points to', async () => {
  const fixture = new ShimFixture();
  const scratch = fixture.layout.groupScratch('default');
  mkdirSync(scratch, { recursive: true });
  writeFileSync(join(scratch, 'create-1.log'), '');
  writeFileSync(join(fixture.directory, 'precious'), '');
  symlinkSync(fixture.directory, join(scratch, 'link'));
  const shim = await recover(fixture);
  expect(existsSync(join(scratch, 'create-1.log'))).toBe(false);
  expect(existsSync(join(fixture.directory, 'precious'))).toBe(true);
  await shim.create(fixture.request());
  expect(fixture.runtime.context?.scratch).toBe(scratch);
  expect(existsSync(scratch)).toBe(true);
});
