import type { PipeSource } from './pipe-source.js';

/** What {@link LineBeginning} needs. */
export interface LineBeginningOptions {
  readonly source: PipeSource;
  readonly delayMs: number;
  /** Called when it has waited long enough. */
  readonly wake: () => void;
}

/** The beginning of a line, which waits in the pipe for its end. */
export class LineBeginning {
  #due = false;
  #timer: NodeJS.Timeout | undefined;
  /** How much the last peek showed that ended in no whole record though the pipe held more. */
  #peekedInVain = 0;

  constructor(private readonly options: LineBeginningOptions) {}

  /** It is to be passed on as it is. */
  get due(): boolean {
    return this.#due;
  }

  /** A peek showed these `length` bytes and no whole record. True if another look is worth it now; else the next edge or `wake` leads to it. */
  wait(length: number): boolean {
    const { source, delayMs, wake } = this.options;
    this.#due = false;
    // Bytes that came after the peek have made no new edge if the callback ran while this was at work.
    if (source.bytes > length) {
      // The same again: the pipe holds more segments (packets of one byte, say) than a peek can copy, and no look will show more.
      this.#due = length === this.#peekedInVain;
      this.#peekedInVain = length;
      return true;
    }
    if (source.isStuck(length)) return (this.#due = true);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#due = true;
      wake();
    }, delayMs);
    return false;
  }

  /** It went on its way. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = false;
    this.#peekedInVain = 0;
  }
}
