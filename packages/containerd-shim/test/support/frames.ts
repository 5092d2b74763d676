import type { Duplex } from 'node:stream';
import type { InitOf } from '../../src/messages/wire/message.js';
import { Request, Response, type Status } from '../../src/ttrpc/envelope.js';
import { encodeHeader, FRAME_TYPE, type ReceivedFrame } from '../../src/ttrpc/frame.js';
import { FrameReader } from '../../src/ttrpc/frame-reader.js';

const NO_DATA = new Uint8Array(0);

export function frame(
  stream: number,
  type: number,
  { data = NO_DATA, flags = 0 }: { data?: Uint8Array; flags?: number } = {},
): Buffer {
  return Buffer.concat([encodeHeader({ stream, type, flags, data }), data]);
}

export function requestFrame(stream: number, request: InitOf<typeof Request>, flags = 0): Buffer {
  return frame(stream, FRAME_TYPE.REQUEST, { data: Request.encode(request), flags });
}

/** Frames that arrive at `duplex`, one after another. */
export class FrameInbox {
  readonly #frames: ReceivedFrame[] = [];
  #wake: (() => void) | undefined;

  constructor(duplex: Duplex) {
    const reader = new FrameReader((received) => {
      this.#frames.push(received);
      this.#wake?.();
    });
    duplex.on('data', (chunk: Uint8Array) => reader.push(chunk));
  }

  async next(): Promise<ReceivedFrame> {
    for (;;) {
      const first = this.#frames.shift();
      if (first !== undefined) return first;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The next frame, which must be a response. */
  async response(): Promise<{
    stream: number;
    payload: Uint8Array;
    status: Pick<Status, 'code' | 'message'> | undefined;
  }> {
    const { stream, type, data } = await this.next();
    if (type !== FRAME_TYPE.RESPONSE)
      throw new Error(`stream ${stream}: a frame of type ${type} in place of a response`);
    const { status, payload } = Response.decode(data);
    return { stream, payload, status };
  }
}
