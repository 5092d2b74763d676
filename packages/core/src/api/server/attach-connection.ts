import type { Duplex } from 'node:stream';
import type { ExitDocument } from '../documents.js';
import { encodeFrame, FRAME, FrameDecoder, FRAME_MAX_PAYLOAD } from '../frames.js';
import type { StreamName } from '../../plugin/log-batch.js';
import { asShimError, type ShimError } from '../../plugin/shim-error.js';
import type { AttachClient } from '../../stdio/attach-hub.js';
import type { Replay } from '../../stdio/replay.js';
import { AttachInput, type AttachTarget } from './attach-input.js';

/** What a client that is not primary may be behind before it misses output. */
const BACKLOG_BYTES = 1 << 20;

export interface AttachConnectionOptions {
  readonly primary: boolean;
  /** False: input frames are refused. */
  readonly stdin: boolean;
}

/** One upgraded attach connection. */
export class AttachConnection implements AttachClient {
  readonly primary: boolean;
  /** Called once, when the connection has gone. */
  onClose: () => void = () => undefined;
  readonly #offsets = { stdout: 0n, stderr: 0n };
  readonly #waiting = new Set<() => void>();
  #missed = 0;
  /** The last frame has been written: anything after it would destroy the socket before the client has read it. */
  #ended = false;
  readonly #input: AttachInput;

  constructor(
    private readonly socket: Duplex,
    target: AttachTarget,
    { primary, stdin }: AttachConnectionOptions,
  ) {
    this.primary = primary;
    this.#input = new AttachInput({
      target,
      stdin,
      onTaken: (offset) => void this.#write(encodeFrame(FRAME.ACK, undefined, 0, offset)),
      onBusy: (busy) => (busy ? socket.pause() : socket.resume()),
      onError: (error) => this.fail(asShimError(error)),
    });
    const decoder = new FrameDecoder((frame) => this.#input.take(frame));
    socket.on('data', (chunk: Buffer) => this.#receive(decoder, chunk));
    socket.on('error', () => socket.destroy());
    // HTTP servers keep connections half open. A client that has no more input sends CLOSE_STDIN: this one has gone.
    socket.on('end', () => (this.#ended ? undefined : socket.destroy()));
    socket.on('close', () => this.#closed());
  }

  send(stream: StreamName, bytes: Buffer): Promise<void> | undefined {
    const offset = this.#offsets[stream];
    this.#offsets[stream] += BigInt(bytes.length);
    if (!this.primary && this.socket.writableLength > BACKLOG_BYTES) {
      this.#missed += bytes.length;
      return undefined;
    }
    this.#reportGap();
    const written: Promise<void>[] = [];
    for (let at = 0; at < bytes.length; at += FRAME_MAX_PAYLOAD) {
      const part = bytes.subarray(at, at + FRAME_MAX_PAYLOAD);
      written.push(this.#write(encodeFrame(FRAME.OUTPUT, part, stream === 'stdout' ? 1 : 2, offset + BigInt(at))));
    }
    return this.primary ? Promise.all(written).then(() => undefined) : undefined;
  }

  /** Tells first what came before. What comes meanwhile waits until it can be read back. */
  precede({ until, rest, readable }: Replay): void {
    const { socket } = this;
    socket.cork();
    void this.#write(encodeFrame(FRAME.CUT, Buffer.from(JSON.stringify({ until: String(until) }))));
    for (const [stream, bytes] of rest) void this.send(stream, bytes);
    // A log that can't be flushed is counted; what it has can be read.
    readable.catch(() => undefined).finally(() => socket.uncork());
  }

  exit(exit: ExitDocument): void {
    this.#end(FRAME.EXIT, exit);
  }

  fail(error: ShimError): void {
    this.#end(FRAME.ERROR, error);
  }

  #end(type: number, document: ExitDocument | ShimError): void {
    if (this.#ended) return;
    this.#reportGap();
    this.#ended = true;
    this.socket.end(encodeFrame(type, Buffer.from(JSON.stringify(document))));
  }

  /** Resolves when the kernel has it, from where the client gets it even if shimd dies; or when the client has gone. */
  #write(frame: Buffer): Promise<void> {
    if (this.socket.destroyed || this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        resolve();
      };
      this.#waiting.add(done);
      this.socket.write(frame, done);
    });
  }

  #reportGap(): void {
    if (this.#missed === 0) return;
    void this.#write(encodeFrame(FRAME.GAP, Buffer.from(JSON.stringify({ bytes: this.#missed }))));
    this.#missed = 0;
  }

  #receive(decoder: FrameDecoder, chunk: Buffer): void {
    if (this.#ended) return;
    try {
      decoder.push(chunk);
    } catch (error) {
      this.fail(asShimError(error));
    }
  }

  #closed(): void {
    for (const done of [...this.#waiting]) done();
    this.onClose();
  }
}
