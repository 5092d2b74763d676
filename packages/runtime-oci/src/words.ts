const LIMIT = 4096;
const HALF = 2040;
const ELLIPSIS = ' … ';

/** Control characters, line separators and the marks that turn the direction of text. */
// eslint-disable-next-line no-control-regex -- removing them is the purpose
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

/**
 * Foreign text made fit for a message: one line without control characters, at most 4 KiB in UTF-8.
 * What is too long loses its middle, since errors are known by how they begin and end.
 */
export function safeWords(text: string): string {
  const line = text.replace(UNSAFE, ' ').trim();
  const bytes = Buffer.from(line);
  if (bytes.length <= LIMIT) return bytes.toString();
  let head = HALF;
  while (isContinuation(bytes[head])) head -= 1;
  let tail = bytes.length - HALF;
  while (isContinuation(bytes[tail])) tail += 1;
  return bytes.toString('utf8', 0, head) + ELLIPSIS + bytes.toString('utf8', tail);
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
