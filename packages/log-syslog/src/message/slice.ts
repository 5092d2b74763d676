const BYTES = 64 << 10;
const MESSAGES = 512;

/** Messages one behind the other, in a buffer that is used again. */
export class Slice {
  bytes = Buffer.allocUnsafeSlow(BYTES);
  /** Message i is `bytes` from spans[2i] to spans[2i + 1], framing included. */
  spans = new Uint32Array(2 * MESSAGES);
  /** How many records of the batch are complete once message i has been sent. */
  #complete = new Uint32Array(MESSAGES);
  count = 0;
  end = 0;

  clear(): void {
    this.count = 0;
    this.end = 0;
  }

  /** Room for a record that becomes `messages` messages of `bytes` together; an empty slice makes room. */
  hasRoom(messages: number, bytes: number): boolean {
    const fits = this.count + messages <= this.#complete.length && this.end + bytes <= this.bytes.length;
    if (fits || this.count > 0) return fits;
    if (bytes > this.bytes.length) this.bytes = Buffer.allocUnsafeSlow(bytes);
    if (messages > this.#complete.length) {
      this.spans = new Uint32Array(2 * messages);
      this.#complete = new Uint32Array(messages);
    }
    return true;
  }

  /** The message from the end of the last one to `end`; `records` are complete with it. */
  add(end: number, records: number): void {
    this.spans[2 * this.count] = this.end;
    this.spans[2 * this.count + 1] = end;
    this.#complete[this.count++] = records;
    this.end = end;
  }

  /** Records of the batch that are complete once the first `messages` have been sent; `before`: none has. */
  completeAfter(messages: number, before: number): number {
    return messages === 0 ? before : this.#complete[messages - 1]!;
  }
}
