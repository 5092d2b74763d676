import { execFile } from 'node:child_process';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { native, type NativePoller } from '@holdfast/native';
import { binaries } from '../support/binaries.js';

interface Event {
  readonly token: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly hangup: boolean;
}

const run = promisify(execFile);
const script = fileURLToPath(new URL('../fixtures/poller-exit.cjs', import.meta.url));
const fds: number[] = [];
const pollers: NativePoller[] = [];

/** A poller whose events can be awaited one by one. */
function watch(onEvent?: (event: Event) => void): {
  poller: NativePoller;
  next: () => Promise<Event>;
  events: Event[];
} {
  const events: Event[] = [];
  const waiting: ((event: Event) => void)[] = [];
  const poller = new native.Poller((token, readable, writable, hangup) => {
    const event = { token, readable, writable, hangup };
    onEvent?.(event);
    const waiter = waiting.shift();
    if (waiter === undefined) events.push(event);
    else waiter(event);
  });
  pollers.push(poller);
  const next = (): Promise<Event> => {
    const event = events.shift();
    return event === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(event);
  };
  return { poller, next, events };
}

function pipe(): [number, number] {
  const ends = native.pipe(true);
  fds.push(...ends);
  return ends;
}

function close(fd: number): void {
  fds.splice(fds.indexOf(fd), 1);
  closeSync(fd);
}

/** A turn of the loop that looks at descriptors, which another poller shows to have happened. */
async function turn(): Promise<void> {
  const [read, write] = pipe();
  const { poller, next } = watch();
  poller.add(read, 0);
  writeSync(write, 'x');
  await next();
}

describe('Poller', () => {
  afterEach(() => {
    for (const poller of pollers.splice(0)) poller.close();
    for (const fd of fds.splice(0)) closeSync(fd);
  });

  it('tells once of what is readable, again for new writes to a pipe that is not empty, and of the hang-up', async () => {
    const [read, write] = pipe();
    const { poller, next, events } = watch();
    poller.add(read, 0xffff_ffff);
    writeSync(write, 'a');
    const readable = { token: 0xffff_ffff, readable: true, writable: false, hangup: false };
    expect(await next()).toEqual(readable);
    await turn();
    expect(events).toEqual([]);
    writeSync(write, 'b');
    expect(await next()).toEqual(readable);
    close(write);
    expect(await next()).toMatchObject({ hangup: true });
  });

  it('tells of what was ready before it was added', async () => {
    const [read, write] = pipe();
    writeSync(write, 'early');
    const { poller, next } = watch();
    poller.add(read, 1);
    expect(await next()).toMatchObject({ token: 1, readable: true });
  });

  it('tells when a full pipe can be written again, and that its reader has gone', async () => {
    const [read, write] = pipe();
    const size = native.setPipeSize(write, 4096);
    writeSync(write, Buffer.alloc(size));
    const { poller, next, events } = watch();
    poller.add(write, 2, true);
    await turn();
    expect(events).toEqual([]);
    readSync(read, Buffer.alloc(size));
    expect(await next()).toEqual({ token: 2, readable: false, writable: true, hangup: false });
    close(read);
    expect(await next()).toMatchObject({ hangup: true });
  });

  it('tells nothing after remove, nor for a replacement under the same number in the same batch', async () => {
    const [first, second] = [pipe(), pipe()];
    const told: number[] = [];
    const { poller, next } = watch(({ token }) => {
      told.push(token);
      // Both are ready in one batch: whichever comes first silences the other.
      const other = told[0] === 1 ? second : first;
      if (told.length === 1) {
        poller.remove(other[0]);
        poller.add(other[0], 3);
        poller.remove(other[0]);
      }
    });
    poller.add(first[0], 1);
    poller.add(second[0], 2);
    writeSync(first[1], 'x');
    writeSync(second[1], 'x');
    await next();
    await turn();
    expect(told).toHaveLength(1);
  });

  it('delivers more events than one batch holds', async () => {
    const { poller, next } = watch();
    const pipes = Array.from({ length: 200 }, pipe);
    pipes.forEach(([read], token) => poller.add(read, token));
    for (const [, write] of pipes) writeSync(write, 'x');
    const tokens = new Set<number>();
    for (let i = 0; i < pipes.length; i++) tokens.add((await next()).token);
    expect(tokens.size).toBe(200);
  });

  it('runs promise jobs and nextTick between two events', async () => {
    const order: string[] = [];
    const { poller, next } = watch(({ token }) => {
      order.push(`event ${token}`);
      process.nextTick(() => order.push('tick'));
      void Promise.resolve().then(() => order.push('job'));
    });
    const pipes = [pipe(), pipe()];
    pipes.forEach(([read], token) => poller.add(read, token));
    for (const [, write] of pipes) writeSync(write, 'x');
    await next();
    await next();
    await turn();
    expect(order).toEqual(['event 0', 'tick', 'job', 'event 1', 'tick', 'job']);
  });

  it('may be closed in its callback, and twice', async () => {
    const pipes = [pipe(), pipe()];
    const { poller, next, events } = watch(() => poller.close());
    pipes.forEach(([read], token) => poller.add(read, token));
    for (const [, write] of pipes) writeSync(write, 'x');
    await next();
    await turn();
    expect(events).toEqual([]);
    poller.close();
    expect(() => poller.add(pipes[0]?.[0] ?? -1, 1)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  it('refuses what epoll refuses', () => {
    const { poller } = watch();
    const [read] = pipe();
    const file = openSync('/etc/passwd', 'r');
    fds.push(file);
    poller.add(read, 1);
    expect(() => poller.add(read, 2)).toThrow(expect.objectContaining({ code: 'EEXIST', syscall: 'epoll_ctl' }));
    expect(() => poller.add(file, 1)).toThrow(expect.objectContaining({ code: 'EPERM' }));
    expect(() => poller.add(9999, 1)).toThrow(expect.objectContaining({ code: 'EBADF' }));
    expect(() => poller.add(-1, 1)).toThrow(expect.objectContaining({ code: 'EBADF' }));
    expect(() => poller.remove(9999)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => poller.add(read, -1)).toThrow(TypeError);
    expect(() => new native.Poller(1 as never)).toThrow(TypeError);
  });

  it.each([
    ['exits when nothing is watched, even if never closed', 'idle', 'exit'],
    ['stays while something is watched, and exits after remove', 'watching', 'event,exit'],
    ['survives the collection of its object', 'collected', 'event,exit'],
    ['hands an exception to uncaughtException and goes on', 'throwing', 'caught boom,event,exit'],
    ['ends with its worker', 'worker', 'worker exit 0,exit'],
  ])('%s', async (_name, mode, expected) => {
    const { stdout } = await run(process.execPath, ['--expose-gc', script, binaries('release').addon, mode]);
    expect(stdout.trim().split('\n').join(',')).toBe(expected);
  });
});
