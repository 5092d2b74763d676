import { Transform, type TransformCallback } from 'node:stream';

/**
 * Passes what is typed on, until the detach sequence is typed. The beginning of the sequence waits for what comes next, and is
 * passed on if that does not belong to it.
 */
export class DetachFilter extends Transform {
  #matched = 0;
  #detached = false;

  constructor(
    private readonly keys: Buffer,
    private readonly onDetach: () => void,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#detached) return done();
    if (this.keys.length === 0) return done(null, chunk);
    const passed = this.#pass(chunk);
    if (passed.length > 0) this.push(passed);
    if (this.#detached) this.onDetach();
    done();
  }

  override _flush(done: TransformCallback): void {
    if (!this.#detached && this.#matched > 0) this.push(this.keys.subarray(0, this.#matched));
    done();
  }

  #pass(chunk: Buffer): Buffer {
    const passed: number[] = [];
    for (const byte of chunk) {
      while (this.#matched > 0 && byte !== this.keys[this.#matched]) this.#giveUpFirst(passed);
      if (byte === this.keys[this.#matched]) this.#matched += 1;
      else passed.push(byte);
      if (this.#matched < this.keys.length) continue;
      this.#detached = true;
      break;
    }
    return Buffer.from(passed);
  }

  /** The longest beginning of the sequence that what was held back ends with, all before it passed on. */
  #giveUpFirst(passed: number[]): void {
    const held = this.keys.subarray(0, this.#matched);
    let start = 1;
    while (!this.keys.subarray(0, held.length - start).equals(held.subarray(start))) start += 1;
    passed.push(...held.subarray(0, start));
    this.#matched = held.length - start;
  }
}
