import { closeSync, readSync, writeSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DEFAULT_OUTPUT, type OutputSettings } from '../../src/config/container-config.js';
import type { LogBatch } from '../../src/plugin/log-batch.js';
import { AttachHub } from '../../src/stdio/attach-hub.js';
import { EventPoller } from '../../src/stdio/event-poller.js';
import { HeldTerminals } from '../../src/stdio/held-terminals.js';
import { PeekBuffers } from '../../src/stdio/peek-buffers.js';
import { ProcessIo } from '../../src/stdio/process-io.js';
import { duplicate } from '../support/duplicate.js';
import { FakeKeeper } from '../support/fake-keeper.js';
import { QuietLogger } from '../support/quiet-logger.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { until } from '../support/until.js';

class Fixture {
  readonly directory = temporaryDirectory();
  readonly keeper = new FakeKeeper();
  readonly services = {
    keeper: this.keeper,
    poller: new EventPoller(),
    buffers: new PeekBuffers(),
    terminals: new HeldTerminals(),
    logger: new QuietLogger(),
  };
  readonly lines: string[] = [];
  readonly io: ProcessIo;

  constructor(output?: OutputSettings) {
    this.io = this.another(output);
    onTestFinished(async () => {
      await this.io.release();
      this.services.poller.close();
      this.services.buffers.close();
    });
  }

  /** As after a restart of shimd. */
  another(output?: OutputSettings): ProcessIo {
    const records = (batch: LogBatch): Promise<boolean> => {
      for (let i = 0; i < batch.count; i++) this.lines.push(`${batch.stream}:${batch.record(i).bytes.toString()}`);
      return Promise.resolve(true);
    };
    return new ProcessIo(
      { directory: this.directory, key: 'k', stdin: true, hub: new AttachHub(), records, output },
      this.services,
    );
  }

  /** Makes the FIFOs and gives back descriptors as the new process would have them. */
  async process(): Promise<{ stdin: number; stdout: number; stderr: number; close: () => void }> {
    const stdio = await this.io.make();
    const [stdin, stdout, stderr] = [duplicate(stdio.stdin), duplicate(stdio.stdout), duplicate(stdio.stderr)];
    this.io.closeChildEnds();
    let open = true;
    const close = (): void => {
      if (open) for (const fd of [stdin, stdout, stderr]) closeSync(fd);
      open = false;
    };
    onTestFinished(close);
    return { stdin, stdout, stderr, close };
  }
}

test('the keeper holds all three ends until they are released', async () => {
  const fixture = new Fixture();
  await fixture.process();
  expect([...fixture.keeper.held.keys()].sort()).toEqual(['k/stderr', 'k/stdin', 'k/stdout']);
  await fixture.io.release();
  await fixture.io.release();
  expect(fixture.keeper.held.size).toBe(0);
});

test('a shimd that has opened nothing again after a restart lets go of what the keeper holds', async () => {
  const fixture = new Fixture();
  await fixture.process();
  await fixture.another().release();
  expect(fixture.keeper.held.size).toBe(0);
});

test('output is read from start on, and drained once both streams have ended', async () => {
  const fixture = new Fixture();
  const process = await fixture.process();
  writeSync(process.stdout, 'a\n');
  writeSync(process.stderr, 'b\n');
  fixture.io.start();
  await until(() => fixture.lines.length === 2);
  process.close();
  await fixture.io.drained;
  expect(fixture.lines.sort()).toEqual(['stderr:b', 'stdout:a']);
});

test('draining waits a bounded time for a grandchild that holds the output, and passes on what is there', async () => {
  const fixture = new Fixture();
  const process = await fixture.process();
  fixture.io.start();
  writeSync(process.stdout, 'no newline');
  await fixture.io.drain(10);
  expect(fixture.lines).toEqual(['stdout:no newline']);
});

describe('settings', () => {
  test('say how long a record may be and how long the beginning of a line waits', async () => {
    const fixture = new Fixture({ maxRecord: 1024, partialDelayMs: 1 });
    const process = await fixture.process();
    fixture.io.start();
    writeSync(process.stdout, `${'x'.repeat(1500)}`);
    await until(() => fixture.lines.length === 2);
    expect(fixture.lines.map((line) => line.length - 'stdout:'.length)).toEqual([1024, 476]);
  });

  test('limit both streams together, and no more once the process has ended', async () => {
    const rateLimit = { bytes: 0, lines: 1, burstMs: 2000, policy: 'block' } as const;
    const fixture = new Fixture({ ...DEFAULT_OUTPUT, rateLimit });
    const process = await fixture.process();
    for (const fd of [process.stdout, process.stderr]) writeSync(fd, 'a\nb\nc\nd\n'.repeat(1000));
    fixture.io.start();
    await until(() => fixture.lines.length >= 2);
    process.close();
    await fixture.io.drain(60_000);
    expect(fixture.lines.length).toBe(8000);
  });
});

describe('stdin', () => {
  test('reaches the process, and its end comes when it is closed, although the keeper held it', async () => {
    const fixture = new Fixture();
    const process = await fixture.process();
    await fixture.io.writeStdin(Buffer.from('input'));
    const buffer = Buffer.alloc(100);
    expect(buffer.toString('utf8', 0, readSync(process.stdin, buffer))).toBe('input');
    await fixture.io.closeStdin();
    expect(fixture.keeper.held.has('k/stdin')).toBe(false);
    await until(() => endOf(process.stdin));
    await fixture.io.writeStdin(Buffer.from('too late'));
    expect(readSync(process.stdin, buffer)).toBe(0);
  });

  test('that comes before there is a process, and its end, waits for it', async () => {
    const fixture = new Fixture();
    const written = [fixture.io.writeStdin(Buffer.from('first ')), fixture.io.writeStdin(Buffer.from('second'))];
    const closed = fixture.io.closeStdin();
    const process = await fixture.process();
    await Promise.all([...written, closed]);
    const buffer = Buffer.alloc(100);
    expect(buffer.toString('utf8', 0, readSync(process.stdin, buffer))).toBe('first second');
    expect([endOf(process.stdin), fixture.keeper.held.has('k/stdin')]).toEqual([true, false]);
  });

  test('for a process that never came to be is taken when all is released', async () => {
    const fixture = new Fixture();
    const taken: number[] = [];
    const written = fixture.io.writeStdin(Buffer.from('input'), (bytes) => taken.push(bytes));
    await fixture.io.release();
    await written;
    expect(taken).toEqual([5]);
  });

  test('stays open when shimd lets go of it, as at its death', async () => {
    const fixture = new Fixture();
    const process = await fixture.process();
    const successor = fixture.another();
    await successor.reopen(false);
    onTestFinished(() => successor.release());
    await successor.writeStdin(Buffer.from('from the next'));
    const buffer = Buffer.alloc(100);
    expect(buffer.toString('utf8', 0, readSync(process.stdin, buffer))).toBe('from the next');
    expect(() => readSync(process.stdin, buffer)).toThrow(/EAGAIN/);
  });

  test('that nobody reads any more harms nothing', async () => {
    const fixture = new Fixture();
    const process = await fixture.process();
    process.close();
    await fixture.io.writeStdin(Buffer.from('x'));
    await fixture.io.writeStdin(Buffer.from('y'));
    expect(fixture.services.logger.errors).toEqual([]);
  });
});

function endOf(fd: number): boolean {
  try {
    return readSync(fd, Buffer.alloc(1)) === 0;
  } catch {
    return false;
  }
}
