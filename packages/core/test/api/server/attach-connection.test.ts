import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { encodeFrame, FRAME, FrameDecoder, FRAME_MAX_PAYLOAD } from '../../../src/api/frames.js';
import { AttachConnection } from '../../../src/api/server/attach-connection.js';
import type { AttachTarget } from '../../../src/api/server/attach-input.js';
import { deferred } from '../../../src/lifecycle/deferred.js';
import { ShimError } from '../../../src/plugin/shim-error.js';

const EXIT = { exitCode: 0, signal: null, exitedAt: '2024-01-01T00:00:00.000Z' };

/** A connection whose client reads only while it is told to. */
class Client extends Duplex {
  readonly frames: { type: number; stream: number; offset: bigint; text: string }[] = [];
  readonly input: string[] = [];
  reads = true;
  taken: Promise<void> = Promise.resolve();
  #resume: (() => void) | undefined;
  readonly #decoder = new FrameDecoder(({ type, stream, offset, payload }) =>
    this.frames.push({ type, stream, offset, text: payload.toString() }),
  );

  connect({ primary = false, stdin = true } = {}): AttachConnection {
    const target: AttachTarget = {
      writeStdin: async (bytes, onTaken) => {
        this.input.push(bytes.toString());
        await this.taken;
        onTaken(bytes.length);
      },
      closeStdin: () => Promise.resolve(void this.input.push('closed')),
    };
    return new AttachConnection(this, target, { primary, stdin });
  }

  send(...frames: Buffer[]): void {
    this.push(Buffer.concat(frames));
  }

  catchUp(): void {
    this.reads = true;
    this.#resume?.();
  }

  override _read(): void {
    // Pushed by `send`.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const take = (): void => {
      this.#decoder.push(chunk);
      done();
    };
    if (this.reads) take();
    else this.#resume = take;
  }
}

const megabyte = Buffer.alloc(1 << 20, 'x');

describe('a client that is not primary', () => {
  test('misses output when it is over a megabyte behind, is told how much, and nobody waits for it', async () => {
    const client = new Client();
    const connection = client.connect();
    client.reads = false;
    expect(connection.send('stdout', megabyte)).toBeUndefined();
    expect(connection.send('stdout', Buffer.from('y'))).toBeUndefined();
    void connection.send('stdout', Buffer.from('missed'));
    void connection.send('stderr', Buffer.from('too'));
    client.catchUp();
    await turn();
    void connection.send('stdout', Buffer.from('after'));
    await turn();
    const [first, ...rest] = client.frames.map(({ type, stream, offset, text }) => [
      type,
      stream,
      offset,
      text.slice(0, 20),
    ]);
    const position = BigInt(1 << 20);
    expect(first?.slice(0, 3)).toEqual([FRAME.OUTPUT, 1, 0n]);
    expect(rest.at(-2)).toEqual([FRAME.GAP, 0, 0n, expect.stringMatching(/^{"bytes":\d+}$/) as string]);
    const gap = (JSON.parse(String(rest.at(-2)?.[3])) as { bytes: number }).bytes;
    const whole = rest
      .filter(([type]) => type === FRAME.OUTPUT)
      .reduce((sum, [, , , text]) => sum + String(text).length, 0);
    expect(gap + whole).toBe('y'.length + 'missed'.length + 'too'.length + 'after'.length);
    expect(rest.at(-1)).toEqual([FRAME.OUTPUT, 1, position + 7n, 'after']);
  });

  test('is told of a gap before the exit', async () => {
    const client = new Client();
    const connection = client.connect();
    client.reads = false;
    void connection.send('stdout', Buffer.concat([megabyte, megabyte]));
    void connection.send('stdout', Buffer.from('missed'));
    connection.exit(EXIT);
    client.catchUp();
    await new Promise((resolve) => client.once('finish', resolve));
    expect(client.frames.map(({ type }) => type)).toEqual([FRAME.OUTPUT, FRAME.OUTPUT, FRAME.GAP, FRAME.EXIT]);
    expect(JSON.parse(client.frames[2]?.text ?? '')).toEqual({ bytes: 6 });
  });
});

describe('a primary client', () => {
  test('is waited for, however slow, and misses nothing', async () => {
    const client = new Client();
    const connection = client.connect({ primary: true });
    client.reads = false;
    let sent = 0;
    const sends = [1, 2, 3].map(async () => {
      await connection.send('stdout', megabyte);
      sent += 1;
    });
    await turn();
    expect(sent).toBe(0);
    client.catchUp();
    await Promise.all(sends);
    expect(client.frames.map(({ type, text }) => [type, text.length])).toEqual(
      [1, 2, 3].map(() => [FRAME.OUTPUT, 1 << 20]),
    );
  });

  test('that goes away is waited for no longer', async () => {
    const client = new Client();
    const connection = client.connect({ primary: true });
    client.reads = false;
    const sent = connection.send('stdout', megabyte);
    client.destroy();
    await expect(sent).resolves.toBeUndefined();
    await expect(connection.send('stdout', megabyte)).resolves.toBeUndefined();
  });
});

test('output is cut into frames of bounded size with running offsets for each stream', async () => {
  const client = new Client();
  const connection = client.connect();
  void connection.send('stderr', Buffer.alloc(FRAME_MAX_PAYLOAD + 5, 'e'));
  void connection.send('stdout', Buffer.from('o'));
  await turn();
  expect(client.frames.map(({ stream, offset, text }) => [stream, offset, text.length])).toEqual([
    [2, 0n, FRAME_MAX_PAYLOAD],
    [2, BigInt(FRAME_MAX_PAYLOAD), 5],
    [1, 0n, 1],
  ]);
});

test('input goes to the process, and no more is read while it does not take it', async () => {
  const client = new Client();
  client.connect();
  const taken = deferred<void>();
  client.taken = taken.promise;
  client.send(encodeFrame(FRAME.STDIN, Buffer.from('one')), encodeFrame(FRAME.STDIN, Buffer.from('two')));
  await turn();
  client.send(encodeFrame(FRAME.CLOSE_STDIN));
  await turn();
  expect(client.input).toEqual(['one', 'two']);
  taken.resolve();
  await turn();
  await turn();
  expect(client.input).toEqual(['one', 'two', 'closed']);
});

test.each([
  ['input without stdin', encodeFrame(FRAME.STDIN, Buffer.from('x'))],
  ['an unknown frame', encodeFrame(99)],
  ['a frame that only the server sends', encodeFrame(FRAME.EXIT)],
  ['an oversized frame', Buffer.from('1000000000ffffff0000000000000000', 'hex')],
])('%s is answered with one error as the last frame, whatever comes after', async (_what, frame) => {
  const client = new Client();
  const connection = client.connect({ stdin: false });
  client.send(frame);
  await turn();
  client.send(frame);
  await turn();
  void connection.send('stdout', Buffer.from('more'));
  connection.exit(EXIT);
  connection.fail(new ShimError('SHIM_INTERNAL', 'later'));
  await turn();
  expect(client.frames.map(({ type }) => type)).toEqual([FRAME.ERROR]);
  expect(JSON.parse(client.frames[0]?.text ?? '')).toMatchObject({ code: 'SHIM_INVALID_ARGUMENT' });
  expect([client.errored, client.input]).toEqual([null, []]);
});
