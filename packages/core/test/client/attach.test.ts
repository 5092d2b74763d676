import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeFrame, FRAME } from '../../src/api/frames.js';
import { attach } from '../../src/client/attach.js';
import { Collector, streams } from './support/streams.js';
import { answerError, FakeShimd } from './support/fake-shimd.js';

const ref = { namespace: 'default', id: 'c1' };
const exit = { exitCode: 7, signal: null, exitedAt: '2024-01-01T00:00:00.000Z' };
const exitFrame = encodeFrame(FRAME.EXIT, Buffer.from(JSON.stringify(exit)));
const out = (text: string | Buffer) => encodeFrame(FRAME.OUTPUT, Buffer.from(text as string), 1);
const err = (text: string) => encodeFrame(FRAME.OUTPUT, Buffer.from(text), 2);

let shimd: FakeShimd;

beforeEach(async () => {
  shimd = new FakeShimd();
  await shimd.up();
});

afterEach(() => shimd.remove());

test('output goes to its stream, and the exit is the result', async () => {
  const paths: string[] = [];
  shimd.onUpgrade = (socket, path) => {
    paths.push(path);
    socket.end(Buffer.concat([out('one '), err('bad'), out('two'), exitFrame]));
  };
  const io = streams();
  await expect(attach(shimd, ref, io)).resolves.toEqual(exit);
  expect([io.stdout.text, io.stderr.text]).toEqual(['one two', 'bad']);
  await attach(shimd, { ...ref, execId: 'e1' }, streams({ primary: false, stdin: new PassThrough() }));
  expect(paths).toEqual([
    '/v1/containers/default/c1/attach?primary=1',
    '/v1/containers/default/c1/execs/e1/attach?stdin=1',
  ]);
});

test('frames may arrive in any pieces', async () => {
  shimd.onUpgrade = (socket) => {
    const bytes = Buffer.concat([out('split'), exitFrame]);
    const next = (at: number): void => {
      if (at === bytes.length) socket.end();
      else socket.write(bytes.subarray(at, at + 1), () => setImmediate(next, at + 1));
    };
    next(0);
  };
  const io = streams();
  await expect(attach(shimd, ref, io)).resolves.toEqual(exit);
  expect(io.stdout.text).toBe('split');
});

test('a slow stdout holds the server back, and gets everything', async () => {
  const total = 200;
  let sent = 0;
  let taken = 0;
  let ahead = 0;
  shimd.onUpgrade = (socket) => {
    const next = (): void => {
      if (sent === total) return void socket.end(exitFrame);
      sent += 1;
      ahead = Math.max(ahead, sent - taken / 65536);
      socket.write(out(Buffer.alloc(65536, 'x')), next);
    };
    next();
  };
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      taken += chunk.length;
      setTimeout(done, 1);
    },
  });
  await expect(attach(shimd, ref, { ...streams(), stdout })).resolves.toEqual(exit);
  expect(taken).toBe(total * 65536);
  expect(ahead).toBeLessThan(40);
});

test('a broken stdout is reported once and the rest dropped, to the exit code', async () => {
  const broken = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  const stdout = new Writable({ write: (_chunk, _encoding, done) => done(broken) });
  const reports: unknown[] = [];
  shimd.onUpgrade = (socket) => socket.end(Buffer.concat([out('a'), err('still'), out('b'), exitFrame]));
  const io = streams({ onOutputError: (...report) => reports.push(report) });
  await expect(attach(shimd, ref, { ...io, stdout })).resolves.toEqual(exit);
  expect(reports).toEqual([['stdout', broken]]);
  expect(io.stderr.text).toBe('still');
});

test('a stdout that was closed before does not hold up the rest', async () => {
  const stdout = new Collector();
  stdout.destroy();
  shimd.onUpgrade = (socket) => socket.end(Buffer.concat([out(Buffer.alloc(1 << 20)), exitFrame]));
  await expect(attach(shimd, ref, { ...streams(), stdout })).resolves.toEqual(exit);
});

test('a gap is reported with its stream if the server tells it', async () => {
  const gaps: unknown[] = [];
  const gap = Buffer.from('{"bytes":12}');
  shimd.onUpgrade = (socket) =>
    socket.end(Buffer.concat([encodeFrame(FRAME.GAP, gap, 2), encodeFrame(FRAME.GAP, gap), exitFrame]));
  await attach(shimd, ref, streams({ onGap: (g) => gaps.push(g) }));
  expect(gaps).toEqual([
    { stream: 'stderr', bytes: 12 },
    { stream: null, bytes: 12 },
  ]);
});

test('an error frame, or an error instead of the upgrade, is the result', async () => {
  const error = { code: 'SHIM_IO', message: 'the pipe broke', remedy: 'mend it' };
  shimd.onUpgrade = (socket) => socket.end(encodeFrame(FRAME.ERROR, Buffer.from(JSON.stringify(error))));
  await expect(attach(shimd, ref, streams())).rejects.toMatchObject(error);
  await shimd.down();
  shimd.upgrades = false;
  shimd.onRequest = (_seen, response) => answerError(response, 'SHIM_CONTAINER_NOT_FOUND', 'gone');
  await expect(attach(shimd, ref, streams())).rejects.toMatchObject({
    code: 'SHIM_CONTAINER_NOT_FOUND',
    message: 'gone',
  });
});

test('frames that make no sense are SHIM_INTERNAL', async () => {
  const huge = Buffer.alloc(16, 0xff);
  shimd.onUpgrade = (socket) => socket.end(huge);
  await expect(attach(shimd, ref, streams())).rejects.toMatchObject({ code: 'SHIM_INTERNAL' });
  shimd.onUpgrade = (socket) => socket.end(encodeFrame(FRAME.EXIT, Buffer.from('{"exit')));
  await expect(attach(shimd, ref, streams())).rejects.toMatchObject({ code: 'SHIM_INTERNAL' });
});

test('a cut connection is made again: output goes on, half a frame is dropped, the caller is told', async () => {
  let connections = 0;
  let told = 0;
  shimd.onUpgrade = (socket) => {
    connections += 1;
    if (connections === 1)
      socket.write(Buffer.concat([out('before '), out('half').subarray(0, 18)]), () => void shimd.down());
    else socket.end(Buffer.concat([out('after'), exitFrame]));
  };
  const io = streams({ onReconnect: () => (told += 1) });
  await expect(attach(shimd, ref, io)).resolves.toEqual(exit);
  expect([io.stdout.text, told, connections, shimd.ensured]).toEqual(['before after', 1, 2, 1]);
});

test('a container that has gone meanwhile ends the attach with the error of the server', async () => {
  shimd.onUpgrade = (socket) => {
    shimd.upgrades = false;
    shimd.onRequest = (_seen, response) => answerError(response, 'SHIM_CONTAINER_NOT_FOUND', 'gone');
    socket.write(out('x'), () => void shimd.down());
  };
  const io = streams();
  await expect(attach(shimd, ref, io)).rejects.toMatchObject({ code: 'SHIM_CONTAINER_NOT_FOUND' });
  expect(io.stdout.text).toBe('x');
});

test('a shimd that dies of every attach is given up', async () => {
  shimd.patienceMs = 200;
  shimd.onUpgrade = (socket) => socket.destroy();
  await expect(attach(shimd, ref, streams())).rejects.toMatchObject({ code: 'SHIM_UNAVAILABLE' });
});

test('a shimd that never answers the upgrade is given up', async () => {
  shimd.patienceMs = 100;
  await shimd.down();
  shimd.upgrades = false;
  shimd.onRequest = () => undefined;
  await expect(attach(shimd, ref, streams())).rejects.toMatchObject({ code: 'SHIM_UNAVAILABLE' });
});

test('the signal detaches, with its reason', async () => {
  const detach = new AbortController();
  const io = streams({ signal: detach.signal });
  shimd.onUpgrade = (socket) => void socket.write(out('x'), () => detach.abort(new Error('detached')));
  await expect(attach(shimd, ref, io)).rejects.toThrow('detached');
  expect(shimd.ensured).toBe(0);
});
