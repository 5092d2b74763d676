// C0, DEL, C1, and what changes the direction of text or breaks lines in some terminals.
// eslint-disable-next-line no-control-regex -- control characters are what this file is about
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** `text` with everything that could steer a terminal written as `\x1b` or `\u202e`. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}

/** The same, but line breaks stay. */
export function escapeLines(text: string): string {
  return text.split('\n').map(escapeControls).join('\n');
}

/** JSON that is safe on a terminal: JSON.stringify leaves DEL, C1 and bidirectional controls as they are. */
export function stringifyJson(value: unknown, style: 'pretty' | 'compact'): string {
  const text = JSON.stringify(value, null, style === 'pretty' ? 2 : 0);
  return text.replace(UNSAFE, (character) => {
    return character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
