import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkIdentifier } from '../../src/state/identifiers.js';

const invalid = (text: string): unknown => {
  try {
    checkIdentifier(text, 'container id');
    return undefined;
  } catch (error) {
    return (error as { code: unknown }).code;
  }
};

test.each(['a', '_', '0', 'web-1.2_x+y', 'x'.repeat(128)])('%j is an id', (text) => {
  expect(checkIdentifier(text, 'container id')).toBe(text);
});

test.each(['', '.', '..', '.hidden', '-rf', 'a/b', 'a b', 'a\n', 'a\0', 'é', 'x'.repeat(129), '../etc', '%2e'])(
  '%j is none',
  (text) => {
    expect(invalid(text)).toBe('SHIM_INVALID_ID');
  },
);

test('no id can leave its directory, be an option or hide, and the message is bounded', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      if (invalid(text) === undefined) {
        expect(text).not.toMatch(/[/\0\n\s]|^[.-]/);
        return;
      }
      let message = '';
      try {
        checkIdentifier(text, 'exec id');
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message.length).toBeLessThan(500);
      expect(message).toContain('exec id');
    }),
  );
});
