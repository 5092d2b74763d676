import { once } from 'node:events';
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, renameSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LogBatch } from '../../src/plugin/log-batch.js';
import { AttachHub } from '../../src/stdio/attach-hub.js';
import { EventPoller } from '../../src/stdio/event-poller.js';
import { HeldTerminals } from '../../src/stdio/held-terminals.js';
import { PeekBuffers } from '../../src/stdio/peek-buffers.js';
import { TerminalIo } from '../../src/stdio/terminal-io.js';
import { FakeKeeper } from '../support/fake-keeper.js';
import { QuietLogger } from '../support/quiet-logger.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { until } from '../support/until.js';

const SOURCE = join(import.meta.dirname, '../../../native/test/fixtures/send-terminal.c');

/** Kills shimd, as far as it can tell, at one of its requests: before it is sent, or once it has been carried out. */
class DeadlyKeeper extends FakeKeeper {
  /** Requests until then. */
  left = Infinity;
  sends = true;

  override hold(key: string, fd: number): Promise<void> {
    return this.#answer(() => super.hold(key, fd));
  }

  override drop(key: string): Promise<void> {
    return this.#answer(() => super.drop(key));
  }

  override fetch(key: string): Promise<number> {
    return this.#answer(() => super.fetch(key));
  }

  override accept(listener: string, key: string): Promise<boolean> {
    return this.#answer(() => super.accept(listener, key));
  }

  async #answer<T>(request: () => Promise<T>): Promise<T> {
    this.left -= 1;
    const killed = this.left <= 0;
    if (killed && !this.sends) throw new Error('killed');
    const answer = await request();
    if (!killed) return answer;
    if (typeof answer === 'number') closeSync(answer);
    throw new Error('killed');
  }
}

/** A terminal as a runtime makes it, and the shim's side of it. */
class Fixture {
  readonly directory = temporaryDirectory();
  readonly consoleSocket = join(this.directory, 'console');
  readonly keeper = new DeadlyKeeper();
  readonly services = {
    keeper: this.keeper,
    poller: new EventPoller(),
    buffers: new PeekBuffers(),
    terminals: new HeldTerminals(),
    logger: new QuietLogger(),
  };
  readonly lines: string[] = [];

  constructor() {
    onTestFinished(() => {
      this.services.poller.close();
      this.services.buffers.close();
    });
  }

  /** As of the first shimd, or of the next one. */
  io(): TerminalIo {
    const records = (batch: LogBatch): Promise<boolean> => {
      for (let i = 0; i < batch.count; i++) this.lines.push(batch.record(i).bytes.toString());
      return Promise.resolve(true);
    };
    const { directory, consoleSocket } = this;
    const io = new TerminalIo(
      {
        directory,
        consoleSocket,
        key: 'k',
        stdin: true,
        hub: new AttachHub(),
        records,
        size: { rows: 30, columns: 90 },
      },
      this.services,
    );
    onTestFinished(() => io.release());
    return io;
  }

  /** All that a kill of its shimd closes is closed; what the keeper holds and the files stay. */
  async kill(io: TerminalIo): Promise<void> {
    const { drop } = this.keeper;
    const aside = `${this.consoleSocket}.aside`;
    this.keeper.drop = () => Promise.resolve();
    if (existsSync(this.consoleSocket)) renameSync(this.consoleSocket, aside);
    await io.release();
    if (existsSync(aside)) renameSync(aside, this.consoleSocket);
    this.keeper.drop = drop;
    this.keeper.left = Infinity;
  }

  /** What the runtime does. Resolves to the program's exit code. */
  run(script: string): Promise<number> {
    const program = join(this.directory, 'send-terminal');
    execFileSync('cc', ['-Wall', '-o', program, SOURCE]);
    const child = spawn(program, [this.consoleSocket, 'sh', '-c', script], { stdio: ['ignore', 'ignore', 'inherit'] });
    return once(child, 'exit').then(([code]) => code as number);
  }
}

test('a shimd that has opened nothing again after a restart lets go of what the keeper holds, and of the socket', async () => {
  const fixture = new Fixture();
  const killed = fixture.io();
  await killed.make();
  expect([...fixture.keeper.held.keys()].sort()).toEqual(['k/console', 'k/stdout']);
  await fixture.kill(killed);
  expect(existsSync(fixture.consoleSocket)).toBe(true);
  await fixture.io().release();
  expect(fixture.keeper.held.size).toBe(0);
  expect(existsSync(fixture.consoleSocket)).toBe(false);
});

test('what a program shows on its terminal becomes records, and the end comes with its last slave', async () => {
  const fixture = new Fixture();
  const io = fixture.io();
  const stdio = await io.make();
  expect(stdio.stdin).toBe(stdio.stdout);
  const ended = fixture.run(
    'stty -echo; echo ready; read go; stty size; echo out; echo err >&2; printf "no newline"; exit 7',
  );
  io.closeChildEnds();
  await io.made();
  expect(existsSync(fixture.consoleSocket)).toBe(false);
  expect([...fixture.keeper.held.keys()].sort()).toEqual(['k/stdout', 'k/terminal']);
  io.start();
  await until(() => fixture.lines.includes('ready\r'));
  await io.writeStdin(Buffer.from('go\n'));
  await io.drained;
  expect(await ended).toBe(7);
  expect(fixture.lines).toEqual(['ready\r', '30 90\r', 'out\r', 'err\r', 'no newline']);
  await io.release();
  expect(fixture.keeper.held.size).toBe(0);
});

test('what is typed arrives, more than a terminal holds too, and the end of input is ctrl-D', async () => {
  const fixture = new Fixture();
  const io = fixture.io();
  await io.make();
  const ended = fixture.run(
    'stty -echo -icanon; echo ready; head -c 200000 | md5sum; stty icanon; echo end; cat; stty size',
  );
  await io.made();
  io.start();
  await until(() => fixture.lines.includes('ready\r'));
  await io.writeStdin(Buffer.alloc(200_000, 'x'));
  await until(() => fixture.lines.includes('end\r'));
  io.resize({ rows: 44, columns: 99 });
  await io.closeStdin();
  expect(await ended).toBe(0);
  await io.drained;
  const sum = execFileSync('md5sum', { input: Buffer.alloc(200_000, 'x'), encoding: 'utf8' });
  expect(fixture.lines).toEqual(['ready\r', `${sum.trim()}\r`, 'end\r', '44 99\r']);
});

test('after a restart the next shim has the terminal and what was shown meanwhile', async () => {
  const fixture = new Fixture();
  const first = fixture.io();
  await first.make();
  const ended = fixture.run('stty -echo; echo one; read line; echo "two $line"');
  await first.made();
  first.start();
  await until(() => fixture.lines.length === 1);

  await fixture.kill(first);
  const next = fixture.io();
  await next.reopen();
  next.start();
  await next.writeStdin(Buffer.from('typed\n'));
  await next.drained;
  expect(await ended).toBe(0);
  expect(fixture.lines).toEqual(['one\r', 'two typed\r']);
});

test('a terminal that a killed shim had only given to the keeper gets its size from the next', async () => {
  const fixture = new Fixture();
  const first = fixture.io();
  await first.make();
  const ended = fixture.run('stty -echo; read go; stty size');
  await first.made();
  first.resize({ rows: 1, columns: 1 });
  await fixture.kill(first);
  const next = fixture.io();
  await next.reopen();
  await next.made();
  next.start();
  await next.writeStdin(Buffer.from('go\n'));
  await next.drained;
  expect(await ended).toBe(0);
  expect(fixture.lines.at(-1)).toBe('30 90\r');
  await next.release();
  expect(fixture.keeper.held.size).toBe(0);
});

test('a shim that is killed before the runtime sends the terminal leaves the place for it to the next', async () => {
  const fixture = new Fixture();
  const first = fixture.io();
  await first.make();
  await fixture.kill(first);
  const next = fixture.io();
  await next.reopen();
  const ended = fixture.run('echo hello');
  await next.made();
  next.start();
  await next.drained;
  expect(await ended).toBe(0);
  expect(fixture.lines).toEqual(['hello\r']);
});

describe.each([
  ['accept', 1],
  ['fetch the connection', 2],
  ['hold the terminal', 3],
  ['fetch the terminal', 4],
  ['drop the socket', 5],
  ['drop the connection', 6],
])('a shim that is killed as it asks the keeper to %s', (_what, number) => {
  test.each([
    ['before it is sent', false],
    ['once it is done', true],
  ])('%s, leaves a whole terminal to the next', async (_when, sends) => {
    const fixture = new Fixture();
    const first = fixture.io();
    await first.make();
    const ended = fixture.run('trap \'exit 99\' HUP; stty -echo; read go; echo "got $go"; stty size; exit 7');
    Object.assign(fixture.keeper, { left: number, sends });
    await expect(first.made()).rejects.toThrow('killed');
    await fixture.kill(first);
    const next = fixture.io();
    await next.reopen();
    await next.made();
    expect([...fixture.keeper.held.keys()].sort()).toEqual(['k/stdout', 'k/terminal']);
    next.start();
    await next.writeStdin(Buffer.from('go\n'));
    await next.drained;
    expect(await ended).toBe(7);
    expect(fixture.lines.slice(-2)).toEqual(['got go\r', '30 90\r']);
    await next.release();
    expect(fixture.keeper.held.size).toBe(0);
  });
});

test.each([
  ['a connection', 1, 'k/connection'],
  ['a terminal', 3, 'k/terminal'],
])('%s of a runtime that came to nothing is not taken for that of the next', async (_what, number, key) => {
  const fixture = new Fixture();
  const first = fixture.io();
  await first.make();
  const ended = fixture.run('read line');
  fixture.keeper.left = number;
  await expect(first.made()).rejects.toThrow('killed');
  await fixture.kill(first);
  expect([...fixture.keeper.held.keys()]).toContain(key);
  await fixture.io().make();
  expect([...fixture.keeper.held.keys()].sort()).toEqual(['k/console', 'k/stdout']);
  expect(await ended).not.toBe(0);
});

test('a keeper of an older version is given the terminal that shimd has accepted itself', async () => {
  const fixture = new Fixture();
  fixture.keeper.version = 2;
  const io = fixture.io();
  await io.make();
  const ended = fixture.run('stty -echo; read go; stty size; exit 7');
  await io.made();
  expect([...fixture.keeper.held.keys()].sort()).toEqual(['k/stdout', 'k/terminal']);
  io.start();
  await io.writeStdin(Buffer.from('go\n'));
  await io.drained;
  expect(await ended).toBe(7);
  expect(fixture.lines.at(-1)).toBe('30 90\r');
});

test('with a keeper of an older version a terminal that it was not given is lost, and the next shim says so', async () => {
  const fixture = new Fixture();
  fixture.keeper.version = 2;
  const first = fixture.io();
  await first.make();
  const ended = fixture.run('read line');
  fixture.keeper.hold = () => Promise.reject(new Error('killed'));
  await expect(first.made()).rejects.toThrow('killed');
  await fixture.kill(first);
  expect(await ended).not.toBe(0);
  fixture.keeper.hold = () => Promise.resolve();
  const next = fixture.io();
  await next.reopen();
  await expect(next.made(0)).rejects.toMatchObject({ code: 'SHIM_RUNTIME_FAILED' });
});

test('a runtime that sends no terminal fails', async () => {
  const fixture = new Fixture();
  const io = fixture.io();
  await io.make();
  const client = connect(fixture.consoleSocket);
  client.end('no descriptor comes with this');
  await expect(io.made()).rejects.toMatchObject({ code: 'SHIM_RUNTIME_FAILED' });
  client.destroy();
  await io.release();
  expect(fixture.keeper.held.size).toBe(0);
  expect(existsSync(fixture.consoleSocket)).toBe(false);
});
