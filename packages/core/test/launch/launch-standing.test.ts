import { closeSync } from 'node:fs';
import { native } from '@holdfast/native';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LaunchServer } from '../../src/launch/launch-server.js';
import type { StandingLaunch, StandingLaunchHandler } from '../../src/launch/standing-launch.js';
import { QuietLogger } from '../support/quiet-logger.js';
import { until } from '../support/until.js';
import { LaunchBench } from './support/launch-bench.js';

const OK = { code: 0, hurried: false };
const FOR_EVER = new Promise<never>(() => undefined);

/** Two sockets that a launcher has as descriptors 3 and 4, and their other ends. */
class Caller {
  readonly bench = new LaunchBench('conmon', 'holdfast-conmon');
  readonly ours: readonly [number, number];
  readonly #theirs: readonly number[];

  constructor() {
    const [first, second] = [native.seqpacketPair(), native.seqpacketPair()];
    this.ours = [first[0], second[0]];
    this.#theirs = [first[1], second[1]];
    onTestFinished(() => this.ours.forEach(closeSync));
  }

  serve(handler: StandingLaunchHandler): LaunchServer {
    const server = new LaunchServer(new QuietLogger());
    server.handleStanding('conmon', handler);
    server.listen(this.bench.listener);
    onTestFinished(() => server.close());
    return server;
  }

  run() {
    const run = this.bench.run(['-c', 'id'], { descriptors: this.#theirs });
    this.#theirs.forEach(closeSync);
    return run;
  }

  async hears(which: 0 | 1): Promise<string> {
    const buffer = Buffer.alloc(1 << 16);
    let length: number | undefined;
    await until(() => (length = native.receive(this.ours[which], buffer)?.length) !== undefined);
    return buffer.toString('latin1', 0, length);
  }

  says(which: 0 | 1): void {
    native.send(this.ours[which], Buffer.from('\0'), []);
  }
}

describe('the launch server, with a launcher that stands', () => {
  it('has it hear, leave its caller, and tell', async () => {
    const caller = new Caller();
    const seen: unknown[] = [];
    caller.serve(async (launch) => {
      launch.accept();
      seen.push(await launch.hear(4));
      seen.push((await launch.detach()) === (await launch.detach()));
      await launch.tell(3, Buffer.from('one\n'));
      launch.release();
      await launch.tell(3, Buffer.from('two\n'));
      return OK;
    });
    const { ended } = caller.run();
    caller.says(1);
    expect([await caller.hears(0), await caller.hears(0)]).toEqual(['one\n', 'two\n']);
    expect(await caller.hears(0)).toBe('');
    expect([await ended, seen]).toEqual([{ code: 0, stdout: '', stderr: '' }, [true, true]]);
  });

  it('has nothing done twice by the next one, which asks for the same', async () => {
    const caller = new Caller();
    const done: unknown[] = [];
    let hangs = true;
    const handler: StandingLaunchHandler = async (launch) => {
      launch.accept();
      launch.remember('begun');
      done.push(await launch.hear(4), await launch.detach());
      await launch.tell(3, Buffer.from('one\n'));
      if (hangs) return FOR_EVER;
      launch.release();
      await launch.tell(3, Buffer.from('two\n'));
      done.push(await launch.hear(4));
      return { code: 7, hurried: false };
    };
    const first = caller.serve(handler);
    const { ended } = caller.run();
    caller.says(1);
    expect(await caller.hears(0)).toBe('one\n');
    await first.settled();
    hangs = false;
    first.close();
    caller.serve(handler);
    expect(await caller.hears(0)).toBe('two\n');
    caller.says(1);
    expect(await caller.hears(0)).toBe('');
    expect((await ended).code).toBe(0);
    const [, pid] = done;
    expect(done).toEqual([true, pid, true, pid, true]);
  });

  it('is told that a descriptor takes nothing, that it has ended, and that the launcher has gone', async () => {
    const caller = new Caller();
    const failures: unknown[] = [];
    let launched: StandingLaunch | undefined;
    const server = caller.serve(async (launch) => {
      launch.accept();
      failures.push(await launch.tell(77, Buffer.from('x')).catch((error: unknown) => error));
      failures.push(await launch.tell(3, Buffer.alloc(40_000)).catch((error: unknown) => error));
      launched = launch;
      failures.push(await launch.hear(3).catch((error: unknown) => error));
      failures.push(await launch.tell(3, Buffer.from('x')).catch((error: unknown) => error));
      return OK;
    });
    const { child } = caller.run();
    await until(() => launched !== undefined);
    child.kill('SIGKILL');
    await server.settled();
    await until(() => failures.length === 4);
    expect(failures.slice(0, 2)).toMatchObject([{ code: 'SHIM_IO' }, { code: 'SHIM_INTERNAL' }]);
    expect(failures.slice(2)).toEqual([launched?.signal.reason, launched?.signal.reason]);
  });

  it('gets copies of its descriptors', async () => {
    const caller = new Caller();
    caller.serve((launch) => {
      const fd = launch.descriptor(3);
      native.send(fd, Buffer.from('by the shim'), []);
      closeSync(fd);
      expect(() => launch.descriptor(1000)).toThrow(expect.objectContaining({ code: 'EBADF' }));
      return Promise.resolve(OK);
    });
    const { ended } = caller.run();
    expect(await caller.hears(0)).toBe('by the shim');
    expect((await ended).code).toBe(0);
  });
});
