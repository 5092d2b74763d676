import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { CreateExecRequest } from '../../src/api/documents.js';
import type { ShimService } from '../../src/api/shim-service.js';
import type { ComposedShim } from '../../src/di/compose-shim.js';
import { KEEP_UNSTARTED_MS } from '../../src/exec/exec-manager.js';
import { ShimError } from '../../src/plugin/shim-error.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';
import { until } from '../support/until.js';

const EXEC = { ...REF, execId: 'e1' };
let fixture: ShimFixture;
let shim: ShimService;
let attachables: ComposedShim['attachables'];

beforeEach(async () => {
  fixture = new ShimFixture();
  ({ shim, attachables } = fixture.compose());
  await shim.create(fixture.request());
  await shim.start(REF, { requestId: 's' });
});

function request(more: Partial<CreateExecRequest> = {}): CreateExecRequest {
  const process = { args: ['ls'], cwd: '/' };
  return { requestId: fixture.requestId(), execId: 'e1', process, stdin: false, detached: true, ...more };
}

async function startedExec(more: Partial<CreateExecRequest> = {}): Promise<void> {
  await shim.createExec(REF, request(more));
  await shim.startExec(EXEC, { requestId: fixture.requestId() });
}

test('a session is made, started, ends with its own code, and is removed', async () => {
  expect(await shim.createExec(REF, request())).toMatchObject({ status: 'created', pid: 0, exit: null });
  const file = join(fixture.layout.exec(EXEC), 'process.json');
  expect([JSON.parse(readFileSync(file, 'utf8')), statSync(file).mode & 0o777]).toEqual([
    { args: ['ls'], cwd: '/' },
    0o600,
  ]);
  const { status, pid } = await shim.startExec(EXEC, { requestId: 'x' });
  expect([status, pid]).toEqual(['running', fixture.runtime.process('e1').pid]);
  await fixture.runtime.process('e1').exit(17);
  await expect(shim.waitExec(EXEC)).resolves.toMatchObject({ exitCode: 17 });
  expect((await shim.inspect(REF)).execs).toEqual(['e1']);
  await shim.deleteExec(EXEC);
  expect(existsSync(fixture.layout.exec(EXEC))).toBe(false);
  await expect(shim.waitExec(EXEC)).rejects.toMatchObject({ code: 'SHIM_EXEC_NOT_FOUND' });
});

test('an exit before the runtime returns is not lost', async () => {
  fixture.runtime.after = (call) => (call.startsWith('exec') ? fixture.runtime.process('e1').exit(3) : undefined);
  await startedExec();
  await expect(shim.waitExec(EXEC)).resolves.toMatchObject({ exitCode: 3 });
});

test('a session that is removed leaves no timer, and so nothing of itself', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const before = vi.getTimerCount();
  await shim.createExec(REF, request());
  await shim.deleteExec(EXEC);
  await startedExec();
  await fixture.runtime.process('e1').exit(0);
  await shim.waitExec(EXEC);
  expect(vi.getTimerCount()).toBeGreaterThan(before);
  await shim.deleteExec(EXEC);
  expect(vi.getTimerCount()).toBe(before);
});

describe('a session that nobody starts', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
  });

  const pass = async (): Promise<void> => {
    await vi.advanceTimersByTimeAsync(KEEP_UNSTARTED_MS);
    await vi.waitFor(async () => expect((await shim.inspect(REF)).execs).toEqual([]));
  };

  test('is gone after a while, with all that was held for it', async () => {
    await shim.createExec(REF, request());
    await pass();
    await vi.waitFor(() => expect(existsSync(fixture.layout.exec(EXEC))).toBe(false));
  });

  test('because shimd died of starting it is gone too', async () => {
    await shim.createExec(REF, request());
    fixture.runtime.before = (call) => (call.startsWith('exec') ? new Promise(() => undefined) : undefined);
    void shim.startExec(EXEC, { requestId: 'x' });
    const held = (): string[] => [...fixture.keeper.held.keys()].filter((key) => key.includes('/e1/'));
    await vi.waitFor(() => expect(held()).not.toEqual([]));
    const composed = fixture.compose();
    shim = composed.shim;
    await composed.containers.recover();
    expect((await shim.inspect(REF)).execs).toEqual(['e1']);
    await pass();
    await vi.waitFor(() => expect(held()).toEqual([]));
  });

  test('is kept for a client that is attached, one that starts it, and one that wants it kept', async () => {
    for (const [execId, more] of Object.entries({ attached: {}, started: {}, retained: { retained: true } }))
      await shim.createExec(REF, request({ execId, ...more }));
    const client = { primary: true, send: () => undefined, exit: () => undefined, fail: () => undefined };
    const leave = attachables.exec({ ...REF, execId: 'attached' }).hub.add(client);
    await shim.startExec({ ...REF, execId: 'started' }, { requestId: 'x' });
    await vi.advanceTimersByTimeAsync(2 * KEEP_UNSTARTED_MS);
    expect([...(await shim.inspect(REF)).execs].sort()).toEqual(['attached', 'retained', 'started']);
    leave();
    await vi.advanceTimersByTimeAsync(KEEP_UNSTARTED_MS);
    expect([...(await shim.inspect(REF)).execs].sort()).toEqual(['retained', 'started']);
  });
});

test('a session is started once, however often it is asked for', async () => {
  await shim.createExec(REF, request());
  await Promise.all([shim.startExec(EXEC, { requestId: 'a' }), shim.startExec(EXEC, { requestId: 'b' })]);
  expect(fixture.runtime.calls.filter((call) => call.startsWith('exec'))).toHaveLength(1);
});

describe('an exec id', () => {
  test('in use is refused, but the same request gets its session', async () => {
    const first = request();
    await shim.createExec(REF, first);
    await expect(shim.createExec(REF, first)).resolves.toMatchObject({ execId: 'e1' });
    await expect(shim.createExec(REF, request())).rejects.toMatchObject({ code: 'SHIM_EXEC_EXISTS' });
  });

  test.each(['', '../x', '.a'])('%j is refused', async (execId) => {
    await expect(shim.createExec(REF, request({ execId }))).rejects.toMatchObject({ code: 'SHIM_INVALID_ID' });
  });
});

test('a process that is no OCI process is refused', async () => {
  await expect(shim.createExec(REF, request({ process: { args: [] } }))).rejects.toMatchObject({
    code: 'SHIM_SPEC_INVALID',
  });
});

test('a command that the runtime does not find leaves no session', async () => {
  fixture.runtime.before = (call) => {
    if (call.startsWith('exec')) throw new ShimError('SHIM_COMMAND_NOT_FOUND', 'no such command');
  };
  await expect(startedExec()).rejects.toMatchObject({ code: 'SHIM_COMMAND_NOT_FOUND' });
  expect([existsSync(fixture.layout.exec(EXEC)), (await shim.inspect(REF)).execs]).toEqual([false, []]);
  expect([...fixture.keeper.held.keys()].filter((key) => key.includes('/e1/'))).toEqual([]);
});

test('a signal goes to the very process, and to none that has ended or does not run', async () => {
  await shim.createExec(REF, request());
  await expect(shim.killExec(EXEC, { requestId: 'k', signal: 9 })).rejects.toMatchObject({
    code: 'SHIM_ILLEGAL_STATE',
  });
  const { pid } = await shim.startExec(EXEC, { requestId: 'x' });
  await shim.killExec(EXEC, { requestId: 'k2', signal: 9 });
  await until(() => !existsSync(`/proc/${pid}`));
  await fixture.runtime.process('e1').end(9);
  await expect(shim.waitExec(EXEC)).resolves.toMatchObject({ exitCode: 137, signal: 'SIGKILL' });
  await expect(shim.killExec(EXEC, { requestId: 'l', signal: 9 })).rejects.toMatchObject({
    code: 'SHIM_ILLEGAL_STATE',
  });
});

test('a session whose time is up is killed and says so', async () => {
  await startedExec({ timeoutMs: 30 });
  const { pid } = fixture.runtime.process('e1');
  await until(() => !existsSync(`/proc/${pid}`));
  await fixture.runtime.process('e1').end(9);
  await expect(shim.waitExec(EXEC)).resolves.toMatchObject({ exitCode: 137, timedOut: true });
});

test('a running session cannot be removed, or nobody would learn of its end', async () => {
  await startedExec();
  await expect(shim.deleteExec(EXEC)).rejects.toMatchObject({ code: 'SHIM_ILLEGAL_STATE' });
  await fixture.runtime.process('e1').exit(0);
  await shim.waitExec(EXEC);
  await expect(shim.deleteExec(EXEC)).resolves.toBeUndefined();
});

test('no session is made in a container that does not run', async () => {
  await fixture.runtime.process('c1').exit(0);
  await shim.wait(REF, 'drained');
  await expect(shim.createExec(REF, request())).rejects.toMatchObject({ code: 'SHIM_ILLEGAL_STATE' });
});

describe('after a restart of shimd', () => {
  async function restart(): Promise<void> {
    const composed = fixture.compose();
    shim = composed.shim;
    attachables = composed.attachables;
    await composed.containers.recover();
  }

  test('a running session goes on', async () => {
    await startedExec();
    await restart();
    await fixture.runtime.process('e1').exit(21);
    await expect(shim.waitExec(EXEC)).resolves.toMatchObject({ exitCode: 21 });
  });

  function rewrite(file: string, change: object): void {
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...change }));
  }

  test('a session of another boot has ended in an unknown way, and nobody else gets a signal', async () => {
    await startedExec({ timeoutMs: 60_000 });
    rewrite(join(fixture.layout.container(REF), 'request.json'), { bootId: 'another' });
    rewrite(join(fixture.layout.exec(EXEC), 'runtime.json'), { deadline: 0 });
    await restart();
    await expect(shim.waitExec(EXEC)).resolves.toMatchObject({ exitCode: null });
    expect(fixture.keeper.isAlive(fixture.runtime.process('e1').pid)).toBe(true);
    expect(existsSync(`/proc/${fixture.runtime.process('e1').pid}`)).toBe(true);
  });

  test('a session that was killed for its time still says so', async () => {
    await startedExec({ timeoutMs: 60_000 });
    fixture.keeper.onExit = () => undefined;
    await fixture.runtime.process('e1').end(9);
    rewrite(join(fixture.layout.exec(EXEC), 'runtime.json'), { deadline: 0 });
    await restart();
    await expect(shim.waitExec(EXEC)).resolves.toMatchObject({ exitCode: 137, timedOut: true });
  });

  test('what a removal that was cut off has left of a session is not taken for a new one of its name', async () => {
    const directory = fixture.layout.exec(EXEC);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const left = { schema: 1, phase: 'running', pid: 4_000_000, startTime: '1', deadline: null };
    writeFileSync(join(directory, 'runtime.json'), JSON.stringify(left));
    writeFileSync(
      join(directory, 'exit.json'),
      JSON.stringify({ schema: 1, exitedAt: '', drained: true, exitCode: 9 }),
    );
    await shim.createExec(REF, request());
    await restart();
    expect(await shim.startExec(EXEC, { requestId: 'x' })).toMatchObject({ status: 'running', exit: null });
  });

  test('a session that had not been started can be', async () => {
    await shim.createExec(REF, request());
    await restart();
    await expect(shim.startExec(EXEC, { requestId: 'x' })).resolves.toMatchObject({ status: 'running' });
  });

  test('a session that is started anew before its client is back passes nothing on without it', async () => {
    await shim.createExec(REF, request({ detached: false }));
    await restart();
    await shim.startExec(EXEC, { requestId: 'x' });
    const process = fixture.runtime.process('e1');
    process.print('early\n');
    await process.exit(3);
    const ended = shim.waitExec(EXEC);
    // Time enough for a pump that does not wait to read it all.
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    const texts: string[] = [];
    const send = (_stream: string, bytes: Buffer): undefined => void texts.push(bytes.toString());
    attachables.exec(EXEC).hub.add({ primary: true, send, exit: () => undefined, fail: () => undefined });
    await ended;
    expect(texts.join('')).toBe('early\n');
  });

  test('an ended session still has its code', async () => {
    await startedExec();
    await fixture.runtime.process('e1').exit(22);
    await shim.waitExec(EXEC);
    await restart();
    await expect(shim.waitExec(EXEC)).resolves.toMatchObject({ exitCode: 22 });
  });
});
