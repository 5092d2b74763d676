import type { Framing } from '../../src/options/settings.js';

const NEWLINE = 10;
const SPACE = 32;

/** Takes a stream apart as RFC 6587 and RFC 5425 have it. */
export class FrameReader {
  #rest = Buffer.alloc(0);

  constructor(private readonly framing: Exclude<Framing, 'none'>) {}

  /** Bytes of a frame that has not ended. */
  get pending(): number {
    return this.#rest.length;
  }

  push(chunk: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const frames: Buffer[] = [];
    for (let end = 0; ;) {
      const span = this.framing === 'newline' ? this.#line(end) : this.#counted(end);
      if (span === undefined) {
        this.#rest = this.#rest.subarray(end);
        return frames;
      }
      frames.push(this.#rest.subarray(span.start, span.stop));
      end = span.end;
    }
  }

  #line(from: number): { start: number; stop: number; end: number } | undefined {
    const at = this.#rest.indexOf(NEWLINE, from);
    return at < 0 ? undefined : { start: from, stop: at, end: at + 1 };
  }

  #counted(from: number): { start: number; stop: number; end: number } | undefined {
    const space = this.#rest.indexOf(SPACE, from);
    const digits = this.#rest.toString('latin1', from, space < 0 ? Math.min(from + 10, this.#rest.length) : space);
    if (!(space < 0 ? /^([1-9][0-9]{0,9})?$/ : /^[1-9][0-9]{0,9}$/).test(digits))
      throw new Error(`no MSG-LEN: ${digits}`);
    const end = space + 1 + Number(digits);
    return space < 0 || end > this.#rest.length ? undefined : { start: space + 1, stop: end, end };
  }
}
