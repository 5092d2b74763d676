import { chmodSync, closeSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { native } from '@holdfast/native';
import { LaunchServer } from '../../src/launch/launch-server.js';
import { QuietLogger } from '../support/quiet-logger.js';
import { until } from '../support/until.js';
import { LaunchBench } from './support/launch-bench.js';
import { header, payload } from './support/payload.js';
import { sealedFile } from './support/sealed-file.js';

const REFUSED = { version: [4, 1], malformed: [4, 2], peer: [4, 3], kind: [4, 4] };
/** Large, so that its file can be made. */
const REQUEST = payload({
  ...{ kind: 'mine', requestId: '00'.repeat(16), umask: 0, cwd: '/', argv: ['a'], env: [] },
  input: Buffer.alloc(400_000),
});

/** A server, and a client of it that says anything. */
class Hostile {
  readonly bench = new LaunchBench();
  readonly logger = new QuietLogger();
  readonly server = new LaunchServer(this.logger);
  begun = 0;

  constructor() {
    this.server.handle('mine', () => {
      this.begun += 1;
      return Promise.resolve(0);
    });
    this.server.listen(this.bench.listener);
    onTestFinished(() => this.server.close());
  }

  /** Sends one packet; resolves with type and detail of each that comes back, up to the end. */
  async say(packet: Buffer, fds: readonly number[] = []): Promise<number[][]> {
    const fd = native.seqpacketConnect(this.bench.socket);
    native.send(fd, packet, fds);
    return this.answers(fd);
  }

  async answers(fd: number): Promise<number[][]> {
    const seen: number[][] = [];
    const buffer = Buffer.alloc(100);
    const ended = (): boolean => {
      for (let got = read(fd, buffer); got !== undefined; got = read(fd, buffer)) {
        if (got === 0) return true;
        if (got > 0) seen.push([buffer.readUInt16LE(0), buffer.readUInt16LE(2)]);
      }
      return false;
    };
    await until(ended);
    closeSync(fd);
    return seen;
  }
}

/** -1: cut off with something unread, which says nothing of what is still to be read. */
function read(fd: number, buffer: Buffer): number | undefined {
  try {
    return native.receive(fd, buffer)?.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return -1;
    throw error;
  }
}

describe('the launch server', () => {
  it('answers a good request of a client that is made by hand', async () => {
    const hostile = new Hostile();
    const file = sealedFile(REQUEST);
    expect(await hostile.say(header(REQUEST.length), [file])).toEqual([
      [1, 1],
      [3, 0],
    ]);
    expect(hostile.begun).toBe(1);
    closeSync(file);
  });

  it('refuses everything else, keeps nothing of it, and serves on', async () => {
    const hostile = new Hostile();
    const good = sealedFile(REQUEST);
    const odd = sealedFile(Buffer.alloc(400_000, 0xff));
    const other = Buffer.from(REQUEST);
    other.write('nine', 4);
    const nobody = sealedFile(other);
    const huge = sealedFile(Buffer.alloc((1 << 20) + (256 << 10) + 1));
    const path = join(hostile.bench.directory, 'mine');
    const plain = openSync(path, 'r');
    const [pipe, end] = native.pipe(true);
    const length = REQUEST.length;
    const cases: [Buffer, number[], number[]][] = [
      [Buffer.from('x'), [], REFUSED.malformed],
      [header(length, { magic: 'HTTP' }), [good], REFUSED.malformed],
      [header(length).subarray(0, 11), [good], REFUSED.malformed],
      [Buffer.concat([header(length), Buffer.alloc(1)]), [good], REFUSED.malformed],
      [Buffer.concat([header(length), Buffer.alloc(90_000)]), [good], REFUSED.malformed],
      [header(length, { flags: 1 }), [good], REFUSED.malformed],
      [header(length, { version: 2 }), [good], REFUSED.malformed],
      [header(length, { version: 3 }), [good], REFUSED.malformed],
      [header(length, { version: 4 }), [good], REFUSED.version],
      [header(length, { version: 0 }).subarray(0, 8), [], REFUSED.version],
      [header(length), [], REFUSED.malformed],
      [header(length), [good, good], REFUSED.malformed],
      [header(length), Array<number>(16).fill(good), REFUSED.malformed],
      [header(length), [plain], REFUSED.malformed],
      [header(length), [pipe], REFUSED.malformed],
      [header(length), [hostile.bench.listener], REFUSED.malformed],
      [header(length - 1), [good], REFUSED.malformed],
      [header(length + 1), [good], REFUSED.malformed],
      [header(0xffffffff), [good], REFUSED.malformed],
      [header(400_000), [odd], REFUSED.malformed],
      [header((1 << 20) + (256 << 10) + 1), [huge], REFUSED.malformed],
      [header(length), [nobody], REFUSED.kind],
    ];
    const before = readdirSync('/proc/self/fd').length;
    for (const [i, [packet, fds, answer]] of cases.entries())
      expect(await hostile.say(packet, fds), `case ${i}`).toEqual([answer]);
    expect(readdirSync('/proc/self/fd').length).toBe(before);
    expect(hostile.begun).toBe(0);
    expect((await hostile.bench.run([]).ended).code).toBe(0);
    // Twenty-one were refused.
    expect(hostile.logger.lines).toEqual(Array<string>(10).fill('warn: a launcher was refused'));
    for (const fd of [good, odd, nobody, huge, plain, pipe, end]) closeSync(fd);
  });

  it('refuses a peer that is another user', async () => {
    const hostile = new Hostile();
    for (const path of [hostile.bench.directory, hostile.bench.root, join(hostile.bench.root, 'l')])
      chmodSync(path, 0o755);
    chmodSync(hostile.bench.socket, 0o666);
    // What SO_PEERCRED tells is noted by connect(2).
    process.seteuid?.(65534);
    let fd: number;
    try {
      fd = native.seqpacketConnect(hostile.bench.socket);
    } finally {
      process.seteuid?.(0);
    }
    expect(await hostile.answers(fd)).toEqual([REFUSED.peer]);
  });

  it('begins nothing for a client that does not know that it was accepted', async () => {
    const hostile = new Hostile();
    const file = sealedFile(REQUEST);
    const fd = native.seqpacketConnect(hostile.bench.socket);
    native.send(fd, header(REQUEST.length), [file]);
    // Before the server has had a turn.
    closeSync(fd);
    expect((await hostile.bench.run([]).ended).code).toBe(0);
    expect(hostile.begun).toBe(1);
    closeSync(file);
  });

  it('cuts off a client that goes on talking', async () => {
    const hostile = new Hostile();
    let aborted = false;
    const server = hostile.server;
    server.handle('nine', async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      aborted = true;
      return 0;
    });
    const other = Buffer.from(REQUEST);
    other.write('nine', 4);
    const file = sealedFile(other);
    const fd = native.seqpacketConnect(hostile.bench.socket);
    native.send(fd, header(other.length), [file]);
    await until(() => server.active === 1);
    native.send(fd, header(other.length), [file]);
    expect(await hostile.answers(fd)).toEqual([[1, 1]]);
    await server.settled();
    expect(aborted).toBe(true);
    closeSync(file);
  });
});
