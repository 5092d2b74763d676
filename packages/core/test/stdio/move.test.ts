import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { native } from '@holdfast/native';
import { describe, expect, onTestFinished, test } from 'vitest';
import { deferred } from '../../src/lifecycle/deferred.js';
import type { MovedRecords, RecordPipe } from '../../src/plugin/file-lane.js';
import { AttachHub } from '../../src/stdio/attach-hub.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { until } from '../support/until.js';
import { PumpFixture } from './support.js';

/** So much that a lane takes over. */
const FLOOD = 'a line of the flood\n'.repeat(2500);
const RECORDS = 2500;

/** A time as the CRI has it. */
function stamp(time: bigint): string {
  const seconds = new Date(Number(time / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(time % 1_000_000_000n).padStart(9, '0')}Z`;
}

/** A pump whose records a real lane may move to `log`. */
class MoveFixture extends PumpFixture {
  readonly log = join(temporaryDirectory(), 'log');
  readonly lane = new native.Lane();
  moves = 0;
  /** Called before each move; false: not now. */
  onMove: () => boolean | Promise<boolean> = () => true;

  constructor(private readonly framed = false) {
    super(framed ? 60_000 : 20);
    this.sink.move = (pipe) => this.#move(pipe);
    onTestFinished(() => this.lane.stop());
  }

  get moved(): string {
    return readFileSync(this.log, 'latin1');
  }

  async #move(pipe: RecordPipe): Promise<MovedRecords | undefined> {
    this.moves += 1;
    if (!(await this.onMove())) return undefined;
    const fd = await this.lane.open(this.log, 0o2001 | 0o100, 0o600);
    try {
      return await this.lane.move(fd, pipe as never, { framed: this.framed, room: 1e9, most: 1 << 20 });
    } finally {
      await this.lane.close(fd);
    }
  }
}

describe('a lane moves records', () => {
  test('when much comes, and what it leaves goes the other way, numbered on', async () => {
    const fixture = new MoveFixture();
    fixture.onMove = (): boolean => {
      if (fixture.moves === 1) fixture.write(`${FLOOD}the end`);
      return true;
    };
    fixture.write(FLOOD);
    fixture.pump.start();
    await until(() => fixture.sink.text.endsWith('the end'));
    expect([fixture.moved, fixture.sink.batches.flat().length]).toEqual([FLOOD, RECORDS + 1]);
    expect(fixture.sink.sequences.at(-1)).toBe(2 * RECORDS);
    fixture.write('more\n');
    await until(() => fixture.sink.text.endsWith('more|'));
  });

  test('not while little comes', async () => {
    const fixture = new MoveFixture();
    fixture.pump.start();
    for (let i = 0; i < 10; i++) {
      fixture.write('a\n');
      await until(() => native.pipeBytes(fixture.fd) === 0);
    }
    expect(fixture.moves).toBe(0);
  });

  test('and what it can not take goes the other way at once', async () => {
    const fixture = new MoveFixture();
    fixture.onMove = (): boolean => {
      if (fixture.moves < 5) fixture.write(FLOOD);
      return false;
    };
    fixture.write(FLOOD);
    fixture.pump.start();
    await until(() => fixture.sink.batches.flat().length === 5 * RECORDS);
    expect(fixture.sink.raws).toBe(FLOOD.repeat(5));
  });

  test('never again from a pipe that was taken back from a driver, however late it comes', async () => {
    const fixture = new MoveFixture();
    const pipes: RecordPipe[] = [];
    fixture.sink.move = (pipe) => {
      pipes.push(pipe);
      pipe.stop(true);
      return Promise.resolve(undefined);
    };
    fixture.write(FLOOD);
    fixture.pump.start();
    await until(() => pipes.length === 1 && fixture.sink.batches.flat().length === RECORDS);
    fixture.write(FLOOD);
    await until(() => pipes.length === 2 && fixture.sink.batches.flat().length === 2 * RECORDS);
    expect(pipes[1]).not.toBe(pipes[0]);
    const late = (): unknown => fixture.lane.move(1, pipes[0] as never, { framed: false, room: 1e9, most: 1e9 });
    expect(late).toThrow(/EINVAL/);
  });

  test('to the end, which the pump sees', async () => {
    const fixture = new MoveFixture();
    fixture.onMove = (): boolean => {
      if (fixture.moves === 1) fixture.write(`${FLOOD}last`);
      fixture.hangUp();
      return true;
    };
    fixture.write(FLOOD);
    fixture.pump.start();
    await fixture.pump.ended;
    expect([fixture.moved, fixture.sink.batches.flat().at(-1)]).toEqual([FLOOD, 'last']);
  });

  test('until it is interrupted: what it has not looked at is for all to see', async () => {
    const fixture = new MoveFixture();
    const reached = deferred<void>();
    const go = deferred<boolean>();
    fixture.onMove = (): Promise<boolean> => {
      fixture.sink.raws = '';
      fixture.write(FLOOD);
      reached.resolve();
      return go.promise;
    };
    fixture.write(FLOOD);
    fixture.pump.start();
    await reached.promise;
    fixture.sink.batches.length = 0;
    // Before the lane is asked: nothing has been seen by it.
    expect(fixture.pump.unrecorded().length).toBe(0);
    fixture.sink.move = undefined;
    go.resolve(false);
    await until(() => fixture.sink.raws === FLOOD);
    await until(() => fixture.sink.batches.flat().length === RECORDS);
  });

  test('until it is to finish, which takes what is there then', async () => {
    const fixture = new MoveFixture();
    const reached = deferred<void>();
    const go = deferred<boolean>();
    fixture.onMove = (): Promise<boolean> => {
      fixture.write(`${FLOOD}rest`);
      reached.resolve();
      return go.promise;
    };
    fixture.write(FLOOD);
    fixture.pump.start();
    await reached.promise;
    fixture.pump.finish();
    go.resolve(false);
    await fixture.pump.ended;
    expect(fixture.sink.text.endsWith(',rest')).toBe(true);
    expect(fixture.sink.batches.flat().length).toBe(2 * RECORDS + 1);
  });

  test('and touches nothing once the pump is closed, though it is still at work', async () => {
    const fixture = new MoveFixture();
    const reached = deferred<void>();
    const go = deferred<boolean>();
    fixture.onMove = (): Promise<boolean> => {
      fixture.write(FLOOD);
      reached.resolve();
      return go.promise;
    };
    fixture.write(FLOOD);
    fixture.pump.start();
    await reached.promise;
    fixture.release();
    const [read, write] = native.pipe(true);
    expect([read, write]).toContain(fixture.fd);
    go.resolve(false);
    await fixture.pump.ended;
    await turn();
    expect(fixture.errors).toEqual([]);
  });
});

test('a client that comes in the middle of it sees every byte once: in the log, in the rest, or as it comes', async () => {
  const fixture = new MoveFixture(true);
  const { pump } = fixture;
  const hub = new AttachHub();
  const { move } = fixture.sink;
  fixture.sink.move = (pipe) => (hub.empty ? move?.(pipe) : undefined);
  fixture.sink.onRaw = (bytes) => hub.send('stdout', bytes);
  fixture.sink.onRecords = ({ bytes, time }): boolean => {
    const lines = bytes.toString('latin1').replace(/^/gm, `${stamp(time)} stdout F `);
    // Behind the last newline begins no line.
    appendFileSync(fixture.log, lines.slice(0, lines.lastIndexOf('\n') + 1));
    return true;
  };
  hub.watch(() => pump.interrupt());
  const file = join(temporaryDirectory(), 'input');
  const input = Array.from({ length: 800_000 }, (_, i) => `line ${i}\n`).join('');
  writeFileSync(file, input);
  // Blocking, as a container has it. The rest of it comes when the client is there.
  const output = openSync(fixture.path, 'w');
  const cat = spawn('sh', ['-c', 'cat "$0"; read line; cat "$0"', file], { stdio: ['pipe', output, 'inherit'] });
  const ended = once(cat, 'exit');
  closeSync(output);
  const third = deferred<void>();
  fixture.onMove = (): boolean => {
    // While the lane is at work, and much is still to come.
    if (fixture.moves === 3) setImmediate(third.resolve);
    return true;
  };
  pump.start();
  await third.promise;
  const rest = pump.unrecorded().toString();
  const cut = native.realtime();
  let live = '';
  const send = (_stream: string, bytes: Buffer): undefined => void (live += bytes.toString('latin1'));
  hub.add({ primary: false, send, exit: () => undefined, fail: () => undefined });
  cat.stdin?.write('go on\n');
  expect(await ended).toEqual([0, null]);
  fixture.hangUp();
  await pump.ended;
  const records = fixture.moved.matchAll(/^(\S+) stdout F (.*\n)/gm);
  const before = [...records].filter(([, time]) => time! < stamp(cut)).map(([, , text]) => text!);
  expect([before.length > 0, live.length > 0]).toEqual([true, true]);
  // Not shown as a difference: it would be of megabytes.
  expect(before.join('') + rest + live === input + input).toBe(true);
});

test('who watches a hub is told before a client comes', () => {
  const hub = new AttachHub();
  const seen: boolean[] = [];
  hub.watch(() => seen.push(hub.empty));
  const leave = hub.add({ primary: false, send: () => undefined, exit: () => undefined, fail: () => undefined });
  expect([seen, hub.empty]).toEqual([[true], false]);
  leave();
  expect(hub.empty).toBe(true);
});
