import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeWords } from '../src/words.js';

describe('safeWords', () => {
  it('removes control characters, line breaks and marks of direction', () => {
    expect(safeWords('a\u001b[31mb\r\nc\u0000d\u202ee\u2028f\u0085g')).toBe('a [31mb c d e f g');
  });

  it('keeps the beginning and the end of what is too long', () => {
    const words = safeWords(`begin ${'x'.repeat(100_000)} end`);
    expect(Buffer.byteLength(words)).toBeLessThanOrEqual(4096);
    expect(words).toMatch(/^begin x+ … x+ end$/);
  });

  it('leaves text of exactly 4 KiB as it is', () => {
    expect(safeWords('y'.repeat(4096))).toBe('y'.repeat(4096));
  });

  it('never exceeds 4 KiB, tears a character or lets a control character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.integer({ min: 1, max: 400 }), (text, times) => {
        const words = safeWords(text.repeat(times));
        expect(Buffer.byteLength(words)).toBeLessThanOrEqual(4096);
        expect(words).not.toMatch(/\p{Cc}/u);
        if (!text.includes('\ufffd')) expect(words).not.toContain('\ufffd');
      }),
      { numRuns: 100 },
    );
  });
});
