import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeFrame,
  FRAME,
  FRAME_HEADER_BYTES,
  FRAME_MAX_PAYLOAD,
  FrameDecoder,
  type Frame,
} from '../../src/api/frames.js';

function collect(chunks: readonly Buffer[]): Frame[] {
  const frames: Frame[] = [];
  const decoder = new FrameDecoder((frame) => frames.push({ ...frame, payload: Buffer.from(frame.payload) }));
  for (const chunk of chunks) decoder.push(chunk);
  return frames;
}

test('a frame has the bytes that the protocol says', () => {
  expect(encodeFrame(FRAME.OUTPUT, Buffer.from('hi'), 2, 0x0102n).toString('hex')).toBe(
    '0102000002000000' + '0201000000000000' + '6869',
  );
});

describe('whatever the frames and however the stream is cut', () => {
  const frame = fc.record({
    type: fc.nat(255),
    stream: fc.nat(255),
    offset: fc.bigInt(0n, 2n ** 64n - 1n),
    payload: fc.uint8Array({ maxLength: 40 }),
  });

  test('they come back as they were', () => {
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 50 })), (frames, sizes) => {
        const bytes = Buffer.concat(
          frames.map(({ type, payload, stream, offset }) => encodeFrame(type, payload, stream, offset)),
        );
        const chunks: Buffer[] = [];
        let at = 0;
        for (const size of sizes) {
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        chunks.push(bytes.subarray(at));
        const seen = collect(chunks).map(({ payload, ...head }) => ({ ...head, payload: [...payload] }));
        expect(seen).toEqual(frames.map(({ payload, ...head }) => ({ ...head, payload: [...payload] })));
      }),
    );
  });

  test('garbage gives frames or one coded error, and never more bytes than came', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (chunks) => {
        let bytes = 0;
        const decoder = new FrameDecoder(({ payload }) => (bytes += FRAME_HEADER_BYTES + payload.length));
        try {
          for (const chunk of chunks) decoder.push(Buffer.from(chunk));
        } catch (error) {
          expect(error).toMatchObject({ code: 'SHIM_INVALID_ARGUMENT' });
        }
        expect(bytes).toBeLessThanOrEqual(chunks.reduce((sum, { length }) => sum + length, 0));
      }),
    );
  });
});

test('the largest payload passes and one byte more is refused by its header alone', () => {
  expect(collect([encodeFrame(FRAME.STDIN, Buffer.alloc(FRAME_MAX_PAYLOAD))])[0]?.payload.length).toBe(
    FRAME_MAX_PAYLOAD,
  );
  const head = Buffer.alloc(FRAME_HEADER_BYTES);
  head.writeUInt32LE(FRAME_MAX_PAYLOAD + 1, 4);
  expect(() => collect([head])).toThrow(/over 1048576/);
});

test('what waits for its rest is a copy: the chunk may be used again', () => {
  const chunk = Buffer.from(encodeFrame(FRAME.STDIN, Buffer.from('abc')).subarray(0, 18));
  const frames: string[] = [];
  const decoder = new FrameDecoder(({ payload }) => frames.push(payload.toString()));
  decoder.push(chunk);
  chunk.fill(0);
  decoder.push(Buffer.from('c'));
  expect(frames).toEqual(['abc']);
});

test('the largest frame may come byte by byte: what has come is not copied for each of them, which would take minutes', () => {
  const frame = encodeFrame(FRAME.STDIN, Buffer.alloc(FRAME_MAX_PAYLOAD, 'holdfast'));
  let payload = Buffer.alloc(0);
  const decoder = new FrameDecoder((whole) => (payload = Buffer.from(whole.payload)));
  for (let at = 0; at < frame.length; at++) decoder.push(frame.subarray(at, at + 1));
  expect(payload.equals(frame.subarray(FRAME_HEADER_BYTES))).toBe(true);
});
