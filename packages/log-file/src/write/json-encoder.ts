import type { LogBatch, StreamName } from '@holdfast/core/plugin';
import { SPAN_LIMIT, type LaneFile, type RecordEncoder, type Room, type Span } from './encoder.js';
import { escapeInto, MOST_GROWTH, type Escape } from './json-text.js';
import { takeScratch, returnScratch } from './scratch.js';
import { timestamp } from './timestamp.js';

const HEAD = Buffer.from('{"log":"', 'latin1');
const NOTHING = Buffer.alloc(0);

/** `{"log":"…\\n","stream":"stdout","attrs":{…},"time":"…Z"}\n`, byte for byte the format of docker's json-file. */
export class JsonEncoder implements RecordEncoder {
  readonly terminates = true;
  /** Holds the span that was fitted last. */
  private out: Buffer = NOTHING;
  /** Behind each record's text. */
  private tail: Buffer = NOTHING;
  private readonly text: Escape = { bytes: NOTHING, start: 0, end: 0 };

  /** `attrs`: a JSON object that each record gets. */
  constructor(private readonly attrs?: string) {}

  fit(batch: LogBatch, from: number, { room, atLeastOne }: Room): Span {
    const limit = Math.min(room, SPAN_LIMIT);
    this.tail = this.tailOf(batch.stream, batch.time);
    if (this.out.length === 0) this.out = takeScratch();
    let size = 0;
    let to = from;
    while (to < batch.count) {
      const end = this.add(batch, to, size);
      if (end > limit && !(size === 0 && (atLeastOne || end <= room))) break;
      size = end;
      to++;
    }
    if (to === from) this.release();
    return { from, to, size };
  }

  async write({ lane, fd }: LaneFile, _batch: LogBatch, { size }: Span): Promise<void> {
    await lane.write(fd, this.out.subarray(0, size));
    this.release();
  }

  /** The only newlines are the ends of records. */
  whole(_batch: LogBatch, { from }: Span, written: number): Span {
    const bytes = this.out.subarray(0, written);
    let to = from;
    let size = 0;
    for (let newline = bytes.indexOf(10); newline >= 0; newline = bytes.indexOf(10, size)) {
      size = newline + 1;
      to++;
    }
    this.release();
    return { from, to, size };
  }

  private release(): void {
    returnScratch(this.out);
    this.out = NOTHING;
    this.text.bytes = NOTHING;
  }

  /** Returns where record `i` ends in the buffer. */
  private add({ bytes, ends }: LogBatch, i: number, at: number): number {
    const { text, tail } = this;
    const start = i === 0 ? 0 : ends[i - 1]!;
    const end = ends[i]!;
    this.reserve(at, HEAD.length + (end - start) * MOST_GROWTH + tail.length);
    const { out } = this;
    text.bytes = bytes;
    text.start = start;
    text.end = end;
    // An empty text is left out, and with it the `",` that begins the tail.
    if (start === end) {
      out[at] = HEAD[0]!;
      out.set(tail.subarray(2), at + 1);
      return at + tail.length - 1;
    }
    out.set(HEAD, at);
    const textEnd = escapeInto(out, at + HEAD.length, text);
    out.set(tail, textEnd);
    return textEnd + tail.length;
  }

  private reserve(used: number, more: number): void {
    if (used + more <= this.out.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(used + more, 2 * this.out.length));
    this.out.copy(larger, 0, 0, used);
    this.out = larger;
  }

  private tailOf(stream: StreamName, time: bigint): Buffer {
    const attrs = this.attrs === undefined ? '' : `"attrs":${this.attrs},`;
    const shortTime = timestamp(time).replace(/\.?0+Z$/, 'Z');
    return Buffer.from(`","stream":"${stream}",${attrs}"time":"${shortTime}"}\n`);
  }
}
