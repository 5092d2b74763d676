import { Socket } from 'node:net';

type Done = (error?: Error | null) => void;

/**
 * A socket that stays readable when a write fails: output that shimd sent before it died waits in the kernel, and Node
 * would throw it away with the socket. The end of file that follows tells that the connection is gone.
 */
export class AttachSocket extends Socket {
  /** A write has failed: the server is gone, nothing from then on has reached it. */
  writeFailed = false;

  override _write(chunk: unknown, encoding: BufferEncoding, done: Done): void {
    super._write(chunk, encoding, (error) => this.#settle(error, done));
  }

  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], done: Done): void {
    super._writev?.(chunks, (error) => this.#settle(error, done));
  }

  #settle(error: Error | null | undefined, done: Done): void {
    const code = (error as NodeJS.ErrnoException | null | undefined)?.code;
    const gone = code === 'EPIPE' || code === 'ECONNRESET';
    if (gone) this.writeFailed = true;
    done(gone ? null : error);
  }
}
