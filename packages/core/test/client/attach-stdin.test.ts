import { PassThrough, Writable } from 'node:stream';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeFrame, FRAME, FrameDecoder, FRAME_MAX_PAYLOAD } from '../../src/api/frames.js';
import { attach } from '../../src/client/attach.js';
import { streams } from './support/streams.js';
import { FakeShimd } from './support/fake-shimd.js';

const ref = { namespace: 'default', id: 'c1' };
const exit = { exitCode: 7, signal: null, exitedAt: '2024-01-01T00:00:00.000Z' };
const exitFrame = encodeFrame(FRAME.EXIT, Buffer.from(JSON.stringify(exit)));
const out = (text: string | Buffer) => encodeFrame(FRAME.OUTPUT, Buffer.from(text as string), 1);

let shimd: FakeShimd;

beforeEach(async () => {
  shimd = new FakeShimd();
  await shimd.up();
});

afterEach(() => shimd.remove());

/** Calls `onInput` with what arrives as stdin, and undefined when it is closed; acknowledges what it does not say it has not taken. */
function readInput(socket: Socket, onInput: (bytes: Buffer | undefined) => unknown): void {
  let taken = 0n;
  const decoder = new FrameDecoder((frame) => {
    if (frame.type === FRAME.STDIN) {
      const bytes = Buffer.from(frame.payload);
      const count = onInput(bytes);
      taken += BigInt(typeof count === 'number' ? count : bytes.length);
      socket.write(encodeFrame(FRAME.ACK, undefined, 0, taken));
    }
    if (frame.type === FRAME.CLOSE_STDIN) onInput(undefined);
  });
  socket.on('data', (chunk: Buffer) => decoder.push(chunk));
}

test('stdin arrives whole and in order, and is closed at its end', async () => {
  const input = Buffer.alloc(FRAME_MAX_PAYLOAD * 2 + 5, 'abcdefg');
  const got: Buffer[] = [];
  shimd.onUpgrade = (socket) =>
    readInput(socket, (bytes) => (bytes === undefined ? socket.end(exitFrame) : void got.push(bytes)));
  const stdin = new PassThrough();
  stdin.end(input);
  await expect(attach(shimd, ref, streams({ stdin }))).resolves.toEqual(exit);
  expect(Buffer.concat(got).equals(input)).toBe(true);
});

test('a source that does not end is left open and paused after the exit', async () => {
  shimd.onUpgrade = (socket) => socket.end(exitFrame);
  const stdin = new PassThrough();
  await attach(shimd, ref, streams({ stdin }));
  expect([stdin.isPaused(), stdin.destroyed, stdin.listenerCount('data')]).toEqual([true, false, 0]);
});

test('a server that does not read stdin stops the source', async () => {
  let connection: Socket | undefined;
  shimd.onUpgrade = (socket) => void (connection = socket.pause());
  const stdin = new PassThrough({ highWaterMark: 64 << 10 });
  const done = attach(shimd, ref, streams({ stdin }));
  let written = 0;
  // The source stops taking for good once socket buffers and its own are full.
  const stopped = new Promise<void>((resolve) => {
    let idle: NodeJS.Timeout;
    const write = (): void => {
      clearTimeout(idle);
      idle = setTimeout(resolve, 300);
      for (let more = true; more && written < 64 << 20; written += 65536) more = stdin.write(Buffer.alloc(65536));
    };
    stdin.on('drain', write);
    write();
  });
  await stopped;
  expect(written).toBeLessThan(8 << 20);
  connection?.end(exitFrame);
  await expect(done).resolves.toEqual(exit);
});

test('stdin goes on after a cut with what was not handed over, and is closed again', async () => {
  let closes = 0;
  const got: string[] = [];
  const stdin = new PassThrough();
  shimd.onUpgrade = (socket) =>
    readInput(socket, (bytes) => {
      if (bytes === undefined) {
        closes += 1;
        if (closes === 1) void shimd.down();
        else socket.end(exitFrame);
        return;
      }
      got.push(bytes.toString());
      if (bytes.toString() === 'first') setImmediate(() => void shimd.down().then(() => stdin.end('second')));
    });
  const done = attach(shimd, ref, streams({ stdin }));
  stdin.write('first');
  await expect(done).resolves.toEqual(exit);
  expect(got).toEqual(['first', 'second']);
  expect(closes).toBe(2);
});

test('what shimd had not taken when it died is sent again, and nothing else', async () => {
  const got: string[] = [];
  const stdin = new PassThrough();
  shimd.onUpgrade = (socket) =>
    readInput(socket, (bytes) => {
      if (bytes === undefined) return void socket.end(exitFrame);
      if (got.length > 0) return void got.push(bytes.toString());
      got.push(bytes.toString('latin1', 0, 5));
      setImmediate(() => void shimd.down().then(() => stdin.end(' end')));
      return 5;
    });
  stdin.write('taken left');
  await expect(attach(shimd, ref, streams({ stdin }))).resolves.toEqual(exit);
  expect(got.join('')).toBe('taken left end');
});

test('the end of stdin may be kept from the process, and the size of a window goes to every connection', async () => {
  const sizes: (Buffer | string)[] = [];
  let onSize: ((size: { rows: number; columns: number }) => void) | undefined;
  let unwatched = 0;
  shimd.onUpgrade = (socket) => {
    const decoder = new FrameDecoder(({ type, payload }) => {
      sizes.push(type === FRAME.RESIZE ? `${payload.readUInt16LE(0)} ${payload.readUInt16LE(2)}` : `frame ${type}`);
      if (sizes.length === 1) onSize?.({ rows: 3, columns: 4 });
      else if (sizes.length === 2) void shimd.down();
      else socket.end(exitFrame);
    });
    socket.on('data', (chunk: Buffer) => decoder.push(chunk));
  };
  const window = {
    watch: (listener: typeof onSize & object) => {
      onSize = listener;
      listener({ rows: 1, columns: 2 });
      return () => void (unwatched += 1);
    },
  };
  const stdin = new PassThrough();
  stdin.end();
  await expect(attach(shimd, ref, streams({ stdin, leaveStdinOpen: true, window }))).resolves.toEqual(exit);
  expect(sizes).toEqual(['1 2', '3 4', '3 4']);
  expect(unwatched).toBe(1);
});

test('output that shimd sent before it died with stdin unread is not lost', async () => {
  const body = Buffer.alloc(150_000, 'y');
  let connections = 0;
  const stdin = new PassThrough();
  shimd.onUpgrade = (socket) => {
    connections += 1;
    if (connections > 1) return void socket.end(exitFrame);
    socket.pause();
    // The kernel has all of it; then the socket is closed with input in its queue, which the other side sees as ECONNRESET.
    socket.write(out(body), () => void shimd.down());
  };
  stdin.write(Buffer.alloc(1 << 20));
  let bytes = 0;
  const stdout = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      setTimeout(done, 20);
    },
  });
  await expect(attach(shimd, ref, { ...streams({ stdin }), stdout })).resolves.toEqual(exit);
  expect(bytes).toBe(body.length);
});
