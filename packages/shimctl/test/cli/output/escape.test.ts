import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeControls, escapeLines, stringifyJson } from '../../../src/cli/output/escape.js';

/** Any control or bidirectional character. */
const STEERING = /[\p{Cc}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

describe('escaping', () => {
  it('leaves no character that could steer a terminal, and changes nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeControls(text);
        return !STEERING.test(escaped) && (STEERING.test(text) || escaped === text);
      }),
    );
  });

  it('keeps line breaks where they are wanted', () => {
    expect(escapeLines('a\r\nb\u001b')).toBe('a\\x0d\nb\\x1b');
  });

  it('writes JSON that reads back the same', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ stringUnit: 'binary' }),
        fc.constantFrom('pretty' as const, 'compact' as const),
        (value, style) => {
          const text = stringifyJson(value, style);
          expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
          expect(STEERING.test(text.replaceAll('\n', ''))).toBe(false);
        },
      ),
    );
  });
});
