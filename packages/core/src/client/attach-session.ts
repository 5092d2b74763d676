import type { ExitDocument } from '../api/documents.js';
import { FRAME, FrameDecoder, type Frame } from '../api/frames.js';
import { errorFromDocument, ShimError, type ErrorDocument } from '../plugin/shim-error.js';
import type { AttachSocket } from './attach-socket.js';
import { ConnectionCut } from './connection-cut.js';

/** Where the frames of an attached connection go. */
export interface FrameConsumer {
  /** The payload is the consumer's to keep. */
  output(stream: number, payload: Buffer): void;
  gap(stream: number, bytes: number): void;
  /** Records from before `until` (nanoseconds since the epoch) come before all that follows. */
  cut(until: bigint): Promise<void>;
  /** stdin of this connection has been taken up to `offset`. */
  acknowledged(offset: bigint): void;
  /** Undefined while more can be taken, else resolves when it can. */
  backPressure(): Promise<void> | undefined;
}

/**
 * Feeds what one connection brings to the consumer. Resolves with the exit, rejects with the server's error, or with
 * ConnectionCut if the connection ended before either. Destroys the socket.
 */
export function receiveFrames(socket: AttachSocket, head: Buffer, consumer: FrameConsumer): Promise<ExitDocument> {
  return new Promise<ExitDocument>((resolve, reject) => {
    let settled = false;
    const settle = (act: () => void): void => {
      if (settled) return;
      settled = true;
      act();
      socket.destroy();
    };
    const fail = (error: Error): void => settle(() => reject(error));
    const decoder = new FrameDecoder((frame) => {
      if (settled) return;
      if (frame.type === FRAME.EXIT) {
        const exit = payloadOf<ExitDocument>(frame);
        settle(() => resolve(exit));
      } else if (frame.type === FRAME.ERROR) fail(errorFromDocument(payloadOf<ErrorDocument>(frame)));
      else if (frame.type === FRAME.CUT) consumer.cut(BigInt(payloadOf<{ until: string }>(frame).until)).catch(fail);
      else consume(frame, consumer);
    });
    const feed = (chunk: Buffer): void => {
      if (settled) return;
      try {
        decoder.push(chunk);
      } catch (cause) {
        fail(new ShimError('SHIM_INTERNAL', 'shimd sent a frame that makes no sense', { where: 'attach', cause }));
        return;
      }
      const blocked = consumer.backPressure();
      if (blocked === undefined || settled) return;
      socket.pause();
      void blocked.then(() => socket.resume());
    };
    const end = (): void => {
      // After a failed read Node keeps what it had read before, though it no longer emits it.
      for (let rest: unknown; (rest = socket.read()) !== null;) feed(rest as Buffer);
      fail(new ConnectionCut('the attached connection was cut', true));
    };
    socket.on('error', end);
    socket.on('end', end);
    socket.on('close', end);
    if (socket.destroyed) end();
    else {
      if (head.length > 0) feed(head);
      socket.on('data', feed);
    }
  });
}

function consume(frame: Frame, consumer: FrameConsumer): void {
  if (frame.type === FRAME.OUTPUT) consumer.output(frame.stream, Buffer.from(frame.payload));
  else if (frame.type === FRAME.ACK) consumer.acknowledged(frame.offset);
  else if (frame.type === FRAME.GAP) consumer.gap(frame.stream, payloadOf<{ bytes: number }>(frame).bytes);
}

function payloadOf<T>(frame: Frame): T {
  return JSON.parse(frame.payload.toString('utf8')) as T;
}
