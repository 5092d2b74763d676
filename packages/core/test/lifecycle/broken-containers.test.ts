import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deferred } from '../../src/lifecycle/deferred.js';
import { ShimError } from '../../src/plugin/shim-error.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';
import { until } from '../support/until.js';

type Shim = ReturnType<ShimFixture['compose']>['shim'];
const OTHER = { ...REF, id: 'c2' } as const;
const remove = (shim: Shim): Promise<void> => shim.delete(OTHER, { requestId: 'd', force: true });

async function running(): Promise<{ fixture: ShimFixture; shim: Shim; place: string }> {
  const fixture = new ShimFixture();
  const { shim } = fixture.compose();
  await shim.create(fixture.request());
  await shim.start(REF, { requestId: 's' });
  return { fixture, shim, place: fixture.layout.container(OTHER) };
}

function copyRequest(fixture: ShimFixture, change: object = {}): void {
  const request = JSON.parse(readFileSync(join(fixture.layout.container(REF), 'request.json'), 'utf8')) as object;
  mkdirSync(fixture.layout.container(OTHER), { mode: 0o700 });
  writeFileSync(join(fixture.layout.container(OTHER), 'request.json'), JSON.stringify({ ...request, ...change }));
}

describe('what comes into the state behind the back of a shim goes by force', () => {
  test.each([
    ['a directory with something in it', (place: string) => mkdirSync(join(place, 'x'), { recursive: true })],
    ['a file', (place: string) => writeFileSync(place, '')],
    ['a link, and not what it leads to', (place: string) => symlinkSync('c1', place)],
  ])('%s', async (_what, put) => {
    const { fixture, shim, place } = await running();
    put(place);
    await expect(shim.delete(OTHER, { requestId: 'x', force: false })).rejects.toMatchObject({
      code: 'SHIM_CONTAINER_NOT_FOUND',
    });
    await remove(shim);
    expect([existsSync(place), existsSync(fixture.layout.container(REF))]).toEqual([false, true]);
    expect(await shim.inspect(REF)).toMatchObject({ status: 'running' });
    await expect(shim.create(fixture.request({ id: 'c2' }))).resolves.toMatchObject({ status: 'created' });
  });

  test('but not the container of another group, nor what is not there', async () => {
    const { fixture, shim, place } = await running();
    await expect(remove(shim)).rejects.toMatchObject({ code: 'SHIM_CONTAINER_NOT_FOUND' });
    copyRequest(fixture, { id: 'c2', group: 'g2' });
    const request = { requestId: 'e', force: true };
    await expect(shim.delete(OTHER, request)).rejects.toMatchObject({ code: 'SHIM_CONTAINER_NOT_FOUND' });
    expect(existsSync(place)).toBe(true);
  });

  test('and no name leads out of the state directory', async () => {
    const { fixture, shim } = await running();
    writeFileSync(join(fixture.layout.root, 'precious'), '');
    const ref = { namespace: '..', id: 'precious' };
    await expect(shim.delete(ref, { requestId: 'e', force: true })).rejects.toMatchObject({
      code: 'SHIM_CONTAINER_NOT_FOUND',
    });
    expect(existsSync(join(fixture.layout.root, 'precious'))).toBe(true);
  });
});

test('one whose delete a second shimd could not finish goes by force, and nothing of it is left with the keeper', async () => {
  const { fixture } = await running();
  const file = join(fixture.layout.container(REF), 'runtime.json');
  const record = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...record, phase: 'deleting' }));
  fixture.runtime.before = (call) => {
    if (call.startsWith('delete')) throw new ShimError('SHIM_RUNTIME_FAILED', 'killed');
  };
  const { shim, containers } = fixture.compose();
  await containers.recover();
  expect(await shim.list()).toMatchObject([{ status: 'unknown' }]);
  fixture.runtime.before = () => undefined;
  await shim.delete(REF, { requestId: 'd', force: true });
  expect(await shim.list()).toEqual([]);
  expect([...fixture.keeper.held.keys()]).toEqual([]);
  await until(() => fixture.keeper.kept.length === 0);
});

describe('what the keeper holds of a container that cannot be taken up', () => {
  const keysOf = (fixture: ShimFixture): string[] => [...fixture.keeper.held.keys()].sort();

  /** c1 runs; of c2 `file` says nothing that makes sense. */
  async function broken(file: string): Promise<{ fixture: ShimFixture; shim: Shim; all: string[]; whole: string[] }> {
    const { fixture, shim: first } = await running();
    const whole = keysOf(fixture);
    await first.create(fixture.request({ id: 'c2', stdin: true }));
    const all = keysOf(fixture);
    expect(all.length).toBeGreaterThan(whole.length);
    writeFileSync(join(fixture.layout.container(OTHER), file), '{');
    const { shim, containers } = fixture.compose();
    await containers.recover();
    return { fixture, shim, all, whole };
  }

  test.each(['request.json', 'runtime.json'])('for want of %s stays until that is removed', async (file) => {
    const { fixture, shim, all, whole } = await broken(file);
    expect(keysOf(fixture)).toEqual(all);
    await remove(shim);
    expect(keysOf(fixture)).toEqual(whole);
    expect(await shim.list()).toMatchObject([{ id: 'c1', status: 'running' }]);
  });

  test('is dropped at the next start if its directory has vanished, and nothing else is', async () => {
    const { fixture, whole } = await broken('request.json');
    rmSync(fixture.layout.container(OTHER), { recursive: true });
    await fixture.compose().containers.recover();
    expect(keysOf(fixture)).toEqual(whole);
  });

  test('is known by its instance even while another tells nothing, and both go', async () => {
    const { fixture, shim: first, whole } = await broken('runtime.json');
    await first.create(fixture.request({ id: 'c3' }));
    writeFileSync(join(fixture.layout.container({ ...REF, id: 'c3' }), 'request.json'), '{');
    const all = keysOf(fixture);
    const { shim, containers } = fixture.compose();
    await containers.recover();
    const { instance } = JSON.parse(readFileSync(join(fixture.layout.container(OTHER), 'request.json'), 'utf8')) as {
      instance: string;
    };
    await remove(shim);
    expect(keysOf(fixture)).toEqual(all.filter((key) => !key.startsWith(`${instance}/`)));
    await shim.delete({ ...REF, id: 'c3' }, { requestId: 'd3', force: true });
    expect(keysOf(fixture)).toEqual(whole);
  });

  test('is not what another one needs that is being created, or that says it is the same instance', async () => {
    const { fixture, shim, whole } = await broken('runtime.json');
    const [c1, c2] = [REF, OTHER].map((ref) => join(fixture.layout.container(ref), 'request.json'));
    const { instance } = JSON.parse(readFileSync(c1 as string, 'utf8')) as { instance: string };
    const stolen = JSON.parse(readFileSync(c2 as string, 'utf8')) as object;
    writeFileSync(c2 as string, JSON.stringify({ ...stolen, instance }));
    const next = fixture.compose();
    await next.containers.recover();
    expect(keysOf(fixture)).toEqual(whole);
    const going = deferred<void>();
    fixture.runtime.before = (call) => (call === 'create c3' ? going.promise : undefined);
    const created = next.shim.create(fixture.request({ id: 'c3' }));
    await until(() => fixture.runtime.calls.includes('create c3'));
    const all = keysOf(fixture);
    await remove(next.shim);
    expect(keysOf(fixture)).toEqual(all);
    going.resolve();
    expect(await created).toMatchObject({ status: 'created' });
    expect(all.length).toBeGreaterThan(whole.length);
    expect(await shim.inspect(REF)).toMatchObject({ status: 'running' });
  });
});

describe('one that is mended by hand', () => {
  const file = (fixture: ShimFixture, name: string): string => join(fixture.layout.container(REF), name);
  const again = (shim: Shim): ReturnType<Shim['recover']> => shim.recover(REF, { requestId: 'again' });

  async function broken(name: string): Promise<{ fixture: ShimFixture; shim: Shim; mend: () => void }> {
    const { fixture } = await running();
    const text = readFileSync(file(fixture, name), 'utf8');
    writeFileSync(file(fixture, name), '{');
    const { shim, containers } = fixture.compose();
    await containers.recover();
    return { fixture, shim, mend: () => writeFileSync(file(fixture, name), text) };
  }

  test.each(['request.json', 'runtime.json'])('is taken up when it is asked for: %s', async (name) => {
    const { fixture, shim, mend } = await broken(name);
    expect(await again(shim)).toMatchObject({ status: 'unknown', error: { code: 'SHIM_STATE_CORRUPT' } });
    mend();
    expect(await shim.list()).toMatchObject([{ status: 'unknown' }]);
    expect(await again(shim)).toMatchObject({ status: 'running', error: null });
    expect(await shim.list()).toMatchObject([{ id: 'c1', status: 'running' }]);
    fixture.runtime.process('c1').print('said after it was mended\n');
    await fixture.runtime.process('c1').exit(3);
    expect(await shim.wait(REF, 'drained')).toMatchObject({ exitCode: 3 });
    expect(fixture.driver.lines).toEqual(['stdout:said after it was mended|']);
    await shim.delete(REF, { requestId: 'd', force: false });
    expect([...fixture.keeper.held.keys()]).toEqual([]);
  });

  test('and asked for again is left as it is, and what is not there is not found', async () => {
    const { shim, mend } = await broken('runtime.json');
    mend();
    await again(shim);
    expect(await again(shim)).toMatchObject({ status: 'running' });
    await expect(shim.recover(OTHER, { requestId: 'x' })).rejects.toMatchObject({ code: 'SHIM_CONTAINER_NOT_FOUND' });
  });

  test('and asked for twice at once is taken up once', async () => {
    const { fixture, shim, mend } = await broken('request.json');
    mend();
    await Promise.all([again(shim), shim.recover(REF, { requestId: 'too' })]);
    fixture.runtime.process('c1').print('once\n');
    await fixture.runtime.process('c1').exit(0);
    await shim.wait(REF, 'drained');
    expect(fixture.driver.lines).toEqual(['stdout:once|']);
  });

  test('after it has ended is told with the code that nobody can know', async () => {
    const { fixture, shim, mend } = await broken('request.json');
    await fixture.runtime.process('c1').exit(3);
    mend();
    await again(shim);
    expect(await shim.wait(REF, 'drained')).toMatchObject({ exitCode: null });
  });

  test('and deleted at the same time is gone', async () => {
    const { shim, mend } = await broken('runtime.json');
    mend();
    await Promise.all([again(shim), shim.delete(REF, { requestId: 'd', force: true })]).catch(() => undefined);
    await shim.delete(REF, { requestId: 'd2', force: true }).catch(() => undefined);
    expect(await shim.list()).toEqual([]);
  });
});

test('a copy of a container is not taken for it, and its removal leaves the true one alone', async () => {
  const { fixture } = await running();
  copyRequest(fixture);
  const { shim, containers } = fixture.compose();
  await containers.recover();
  const [whole, copy] = await shim.list();
  expect([whole?.id, whole?.status]).toEqual(['c1', 'running']);
  expect(copy).toMatchObject({ id: 'c2', status: 'unknown', createdAt: '', error: { code: 'SHIM_STATE_CORRUPT' } });
  expect(copy?.shim).toEqual({ pid: 0, keeperPid: 0, group: '' });
  await remove(shim);
  expect(await shim.list()).toMatchObject([{ id: 'c1', status: 'running' }]);
  await fixture.runtime.process('c1').exit(3);
  await expect(shim.wait(REF, 'drained')).resolves.toMatchObject({ exitCode: 3 });
});

test.each([
  ['phase', 'dancing'],
  ['pid', 'x'],
  ['pid', -1],
  ['startTime', 'soon'],
  ['requests', 'none'],
])('a record whose %s is %j is corrupt, and says so', async (key, value) => {
  const { fixture } = await running();
  const file = join(fixture.layout.container(REF), 'runtime.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), [key]: value }));
  const { shim, containers } = fixture.compose();
  await containers.recover();
  const [document] = await shim.list();
  expect(document?.error).toMatchObject({
    code: 'SHIM_STATE_CORRUPT',
    where: file,
    remedy: 'Remove what is left with `shimctl delete --force c1`.',
  });
  expect(document?.shim.group).toBe('default');
  await expect(shim.create(fixture.request())).rejects.toMatchObject({
    code: 'SHIM_CONTAINER_EXISTS',
    remedy: expect.stringContaining('`shimctl delete --force c1`') as string,
  });
});

test('inspect tells where the control API is', async () => {
  const { fixture, shim } = await running();
  expect((await shim.inspect(REF)).shim.socket).toBe(fixture.layout.apiSocket('default'));
});
