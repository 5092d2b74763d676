import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeHeader, HEADER_SIZE, MAX_FRAME_DATA, type ReceivedFrame } from '../../src/ttrpc/frame.js';
import { FrameReader } from '../../src/ttrpc/frame-reader.js';
import { frame } from '../support/frames.js';

const frames = fc.array(
  fc.record({
    stream: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    type: fc.nat({ max: 255 }),
    flags: fc.nat({ max: 127 }),
    data: fc.uint8Array({ maxLength: 60 }),
  }),
  { maxLength: 8 },
);

/** Reads `bytes`, cut where `cuts` says. */
function read(bytes: Buffer, cuts: readonly number[] = []): ReceivedFrame[] {
  const received: ReceivedFrame[] = [];
  const reader = new FrameReader((one) => received.push(one));
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let from = 0;
  for (const end of ends) {
    reader.push(bytes.subarray(from, end));
    from = end;
  }
  return received;
}

function headerOf(length: number, { stream = 1, flags = 0 } = {}): Buffer {
  const header = encodeHeader({ stream, type: 1, flags, data: new Uint8Array(0) });
  header.writeUInt32BE(length, 0);
  return header;
}

describe('a reader of frames', () => {
  it('gives the frames that were sent, however they are cut', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat()), (sent, cuts) => {
        const bytes = Buffer.concat(sent.map(({ stream, type, ...rest }) => frame(stream, type, rest)));
        const received = read(bytes, cuts).map(({ data, ...rest }) => ({ ...rest, data: Uint8Array.from(data) }));
        expect(received).toEqual(sent.map((one) => ({ ...one, oversized: false })));
      }),
    );
  });

  it('gives no part of a frame that has not ended', () => {
    const whole = frame(1, 1, { data: Buffer.from('abc') });
    for (let end = 0; end < whole.length; end++) expect(read(whole.subarray(0, end))).toEqual([]);
  });

  it('takes 4 MiB', () => {
    const [received] = read(frame(1, 1, { data: Buffer.alloc(MAX_FRAME_DATA, 7) }), [HEADER_SIZE, 1000, 70_000]);
    expect(received).toMatchObject({ oversized: false, stream: 1 });
    expect(received?.data.length).toBe(MAX_FRAME_DATA);
  });

  it('passes over what is longer without keeping it, and goes on behind it', () => {
    const tooLong = Buffer.concat([headerOf(MAX_FRAME_DATA + 1, { stream: 3 }), Buffer.alloc(MAX_FRAME_DATA + 1, 1)]);
    const received = read(Buffer.concat([tooLong, frame(5, 3, { data: Buffer.from('x') })]), [5, 12, 4_000_000]);
    expect(received).toMatchObject([
      { stream: 3, type: 1, oversized: true },
      { stream: 5, type: 3, oversized: false },
    ]);
    expect(received[0]?.data.length).toBe(0);
  });

  it('holds no memory for a length that is only claimed', () => {
    const received: ReceivedFrame[] = [];
    const reader = new FrameReader((one) => received.push(one));
    reader.push(headerOf(0xffff_ffff));
    const chunk = Buffer.alloc(1024 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 64; i++) reader.push(chunk);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * chunk.length);
    expect(received).toEqual([]);
  });

  it('knows a frame that the keeper has discarded', () => {
    expect(read(headerOf(0, { flags: 0x80 }))).toMatchObject([{ oversized: true }]);
    expect(read(frame(1, 1, { flags: 0x80, data: Buffer.from('x') }))).toMatchObject([{ oversized: false }]);
  });

  it('never throws for random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.array(fc.nat()), (bytes, cuts) => {
        expect(read(Buffer.from(bytes), cuts).length).toBeLessThanOrEqual(bytes.length / HEADER_SIZE);
      }),
    );
  });
});
