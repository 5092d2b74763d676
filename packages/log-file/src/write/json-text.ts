/**
 * Bytes as the inside of a JSON string, the way Go's encoder writes them: `<`, `>` and `&` are escaped, and U+2028 and U+2029;
 * each byte that belongs to no valid UTF-8 becomes `\ufffd`.
 */

/** No byte grows to more. */
export const MOST_GROWTH = 6;

const HEX = Buffer.from('0123456789abcdef', 'latin1');
const BACKSLASH = 92;
const REPLACEMENT = Buffer.from('\\ufffd', 'latin1');
const LINE_SEPARATOR = Buffer.from('\\u2028', 'latin1');
const PARAGRAPH_SEPARATOR = Buffer.from('\\u2029', 'latin1');

/** 0: stays as it is. 255: begins a sequence of UTF-8, or is invalid. 1: `\u00xx`. Else: what follows a backslash. */
const CLASS = new Uint8Array(256);
CLASS.fill(1, 0, 32);
CLASS.fill(255, 128);
for (const char of '<>&') CLASS[char.charCodeAt(0)] = 1;
for (const [char, escape] of ['\nn', '\rr', '""', '\\\\']) CLASS[char!.charCodeAt(0)] = escape!.charCodeAt(0);

/** What is to be escaped. One object serves for many texts: this runs for every line. */
export interface Escape {
  bytes: Uint8Array;
  start: number;
  end: number;
}

/** Writes to `out` from `at` on, where there is room for {@link MOST_GROWTH} times as much; returns where it ends. */
export function escapeInto(out: Uint8Array, at: number, text: Escape): number {
  const { bytes, end } = text;
  let o = at;
  let i = text.start;
  while (i < end) {
    const byte = bytes[i]!;
    const kind = CLASS[byte]!;
    if (kind === 0) {
      out[o++] = byte;
      i++;
    } else if (kind !== 255) {
      o = escapeAscii(out, o, byte);
      i++;
    } else {
      const length = sequenceLength(bytes, i, end);
      if (length === 0) o = copy(out, o, REPLACEMENT);
      else if (isSeparator(bytes, i)) o = copy(out, o, bytes[i + 2] === 0xa8 ? LINE_SEPARATOR : PARAGRAPH_SEPARATOR);
      else for (let k = 0; k < length; k++) out[o++] = bytes[i + k]!;
      i += length === 0 ? 1 : length;
    }
  }
  return o;
}

function escapeAscii(out: Uint8Array, at: number, byte: number): number {
  const kind = CLASS[byte]!;
  let o = at;
  out[o++] = BACKSLASH;
  if (kind !== 1) {
    out[o++] = kind;
    return o;
  }
  out[o++] = 117;
  out[o++] = 48;
  out[o++] = 48;
  out[o++] = HEX[byte >> 4]!;
  out[o++] = HEX[byte & 15]!;
  return o;
}

/** E2 80 A8 and E2 80 A9. */
function isSeparator(bytes: Uint8Array, i: number): boolean {
  return bytes[i] === 0xe2 && bytes[i + 1] === 0x80 && (bytes[i + 2]! & 0xfe) === 0xa8;
}

function copy(out: Uint8Array, at: number, from: Uint8Array): number {
  for (let i = 0; i < from.length; i++) out[at + i] = from[i]!;
  return at + from.length;
}

/** Bytes of the sequence that begins at `i`; 0 if it is not valid: too short, overlong, a surrogate, or past U+10FFFF. */
function sequenceLength(bytes: Uint8Array, i: number, end: number): number {
  const first = bytes[i]!;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0 || i + length > end) return 0;
  const second = bytes[i + 1]!;
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  if (length > 2 && (bytes[i + 2]! & 0xc0) !== 0x80) return 0;
  return length > 3 && (bytes[i + 3]! & 0xc0) !== 0x80 ? 0 : length;
}
