import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeFrame, FRAME } from '../../src/api/frames.js';
import { receiveFrames } from '../../src/client/attach-session.js';
import { AttachSocket } from '../../src/client/attach-socket.js';
import { ConnectionCut } from '../../src/client/connection-cut.js';

test('what was read before a read failed is still passed on, though the consumer is full', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-client-'));
  const server = createServer().listen(join(directory, 's'));
  await once(server, 'listening');
  const arrival = once(server, 'connection') as Promise<[Socket]>;
  const socket = new AttachSocket();
  socket.connect(join(directory, 's'));
  const [peer] = await arrival;
  const got: string[] = [];
  let full: (() => void) | undefined;
  const consumer = {
    output: (_stream: number, payload: Buffer) => void got.push(payload.toString()),
    gap: () => undefined,
    acknowledged: () => undefined,
    cut: () => Promise.resolve(),
    backPressure: () => new Promise<void>(() => full?.()),
  };
  const filled = new Promise<void>((resolve) => (full = resolve));
  const done = receiveFrames(socket, Buffer.alloc(0), consumer).catch((error: unknown) => error);
  peer.write(encodeFrame(FRAME.OUTPUT, Buffer.from('first'), 1));
  await filled;
  peer.write(encodeFrame(FRAME.OUTPUT, Buffer.from('second'), 1));
  await expect.poll(() => socket.readableLength, { timeout: 5_000, interval: 5 }).toBeGreaterThan(0);
  socket.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
  expect(await done).toBeInstanceOf(ConnectionCut);
  expect(got).toEqual(['first', 'second']);
  peer.destroy();
  server.close();
  rmSync(directory, { recursive: true });
});
