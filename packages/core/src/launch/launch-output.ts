import { getSystemErrorName } from 'node:util';
import { Writable } from 'node:stream';
import { OUTPUT_BYTES, outPacket, STREAM_ROOM } from './launch-packets.js';

/** What {@link LaunchOutput} needs of the connection. */
export interface OutputSide {
  /** Before the first byte. Throws if the launcher has gone. */
  begin(): void;
  /** Resolves when it is on its way; rejects if the launcher has gone. */
  post(packet: Buffer): Promise<void>;
}

/** stdout or stderr of a launcher of version 2: no more is on its way than it has room for. */
export class LaunchOutput extends Writable {
  #room: (() => void) | undefined;

  /** `sent`: bytes of the stream before what is written now; `printed`: how many of them have been printed. */
  constructor(
    private readonly stream: 1 | 2,
    private readonly side: OutputSide,
    private sent: number,
    private printed: number,
  ) {
    super({ decodeStrings: true, highWaterMark: 2 * OUTPUT_BYTES });
  }

  /** The launcher has printed up to there. False if it makes no sense. */
  wasPrinted(offset: number): boolean {
    if (offset < this.printed) return false;
    this.printed = offset;
    this.#room?.();
    return true;
  }

  /** Nothing can be printed any more: EPIPE, mostly. */
  failed(errno: number): void {
    const code = nameOf(errno);
    this.destroy(Object.assign(new Error(`${code}: the launcher's output can't be written`), { code }));
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#print(chunk).then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#room?.();
    done(error);
  }

  async #print(bytes: Buffer): Promise<void> {
    this.side.begin();
    for (let at = 0; at < bytes.length && !this.destroyed; at += OUTPUT_BYTES) {
      const part = bytes.subarray(at, at + OUTPUT_BYTES);
      while (this.sent + part.length - this.printed > STREAM_ROOM && !this.destroyed) await this.#more();
      const packet = outPacket(this.stream, this.sent, part);
      this.sent += part.length;
      await this.side.post(packet);
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => (this.#room = resolve));
  }
}

function nameOf(errno: number): string {
  try {
    return getSystemErrorName(-errno);
  } catch {
    return 'EIO';
  }
}
