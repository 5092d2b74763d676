import { timestamp } from '../../src/write/timestamp.js';

/** One record as docker's json-file writes it, made the simple way, code point by code point. */
export function dockerRecord(log: Uint8Array, stream: string, time: bigint): string {
  const text = log.length === 0 ? '' : `"log":"${goEscaped(log)}",`;
  const shortTime = timestamp(time).replace(/0+Z$/, 'Z').replace(/\.Z$/, 'Z');
  return `{${text}"stream":"${stream}","time":"${shortTime}"}\n`;
}

function goEscaped(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length;) {
    const char = charAt(bytes, i);
    text += char === undefined ? '\\ufffd' : escaped(char);
    i += char === undefined ? 1 : Buffer.byteLength(char);
  }
  return text;
}

/** The code point whose encoding begins at `i`; undefined if none does. */
function charAt(bytes: Uint8Array, i: number): string | undefined {
  for (let length = 1; length <= 4 && i + length <= bytes.length; length++) {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(i, i + length));
    } catch {
      continue;
    }
  }
  return undefined;
}

function escaped(char: string): string {
  if (char === '\n') return '\\n';
  if (char === '\r') return '\\r';
  if (char === '"' || char === '\\') return `\\${char}`;
  const code = char.codePointAt(0)!;
  const isEscaped = code < 32 || '<>&\u2028\u2029'.includes(char);
  return isEscaped ? `\\u${code.toString(16).padStart(4, '0')}` : char;
}
