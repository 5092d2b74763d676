import type { TerminalSize } from '../terminal-documents.js';
import { decodeResize, FRAME, type Frame } from '../frames.js';
import { ShimError } from '../../plugin/shim-error.js';
import type { OnTaken } from '../../stdio/input-writer.js';

/** The process that a client's input goes to. */
export interface AttachTarget {
  writeStdin(bytes: Buffer, onTaken: OnTaken): Promise<void>;
  closeStdin(): Promise<void>;
  /** Absent: there is no terminal. */
  readonly resize?: ((size: TerminalSize) => void) | undefined;
}

export interface AttachInputOptions {
  readonly target: AttachTarget;
  /** False: input is refused. */
  readonly stdin: boolean;
  /** The process's side has taken stdin up to this byte of the connection. */
  readonly onTaken: (offset: bigint) => void;
  /** True while input waits to be taken: no more is to be read. */
  readonly onBusy: (busy: boolean) => void;
  readonly onError: (error: unknown) => void;
}

/** What one attached client sends, passed on in order. */
export class AttachInput {
  #waiting = 0;
  #taken = 0n;
  #last: Promise<void> = Promise.resolve();

  constructor(private readonly options: AttachInputOptions) {}

  /** Throws SHIM_INVALID_ARGUMENT. */
  take(frame: Frame): void {
    switch (frame.type) {
      case FRAME.STDIN:
        this.#requireStdin();
        return this.#write(Buffer.from(frame.payload));
      case FRAME.CLOSE_STDIN:
        this.#requireStdin();
        return this.#close();
      case FRAME.RESIZE:
        return this.#resize(decodeResize(frame));
      default:
        throw new ShimError('SHIM_INVALID_ARGUMENT', `attach: no frame of type ${frame.type} is expected`);
    }
  }

  #write(bytes: Buffer): void {
    const { target, onTaken, onBusy, onError } = this.options;
    if (this.#waiting++ === 0) onBusy(true);
    const taken = target.writeStdin(bytes, (count) => onTaken((this.#taken += BigInt(count))));
    this.#last = taken.catch(onError).finally(() => {
      if (--this.#waiting === 0) onBusy(false);
    });
  }

  /** After what came before it: it is recorded, and after a restart of shimd nothing more could be written. */
  #close(): void {
    const { target, onError } = this.options;
    this.#last.then(() => target.closeStdin()).catch(onError);
  }

  /** The terminal may have gone meanwhile, which the client is about to hear. */
  #resize(size: TerminalSize): void {
    const { target } = this.options;
    if (target.resize === undefined)
      throw new ShimError('SHIM_INVALID_ARGUMENT', 'attach: there is no terminal to resize');
    try {
      target.resize(size);
    } catch {
      // As above.
    }
  }

  #requireStdin(): void {
    if (this.options.stdin) return;
    throw new ShimError('SHIM_INVALID_ARGUMENT', 'attach: this connection was opened without stdin');
  }
}
