import { closeSync, fstatSync, readSync } from 'node:fs';
import { native } from '@holdfast/native';
import { readRequestHeader, REFUSAL, RefusedRequest } from './launch-packets.js';
import { PAYLOAD_BYTES, readPayload, type LaunchRequest } from './launch-payload.js';

/** More than any header has, so that a longer one is seen to be longer. */
const buffer = Buffer.alloc(64);

/** The request that has come over a connection; undefined if none has yet, `gone` at its end. Throws {@link RefusedRequest}, or the system's errors. */
export function takeRequest(fd: number): LaunchRequest | 'gone' | undefined {
  const message = receive(fd);
  if (message === undefined || message === 'gone') return message;
  const { length, fds } = message;
  try {
    if (length === 0 && fds.length === 0) return 'gone';
    const { version, bytes } = readRequestHeader(buffer.subarray(0, length));
    const [file, ...more] = fds;
    if (file === undefined || more.length > 0)
      throw new RefusedRequest(REFUSAL.MALFORMED, `${fds.length} descriptors with a launcher's request`);
    return readPayload(readFile(file, bytes), version);
  } finally {
    for (const one of fds) closeSync(one);
  }
}

function receive(fd: number): ReturnType<typeof native.receive> | 'gone' {
  try {
    return native.receive(fd, buffer);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // It was killed before it had read all.
    if (code === 'ECONNRESET') return 'gone';
    if (code !== 'EMSGSIZE') throw error;
    throw new RefusedRequest(REFUSAL.MALFORMED, 'a first packet that is too large, or has too many descriptors');
  }
}

/** Only what is sealed: it neither changes nor keeps the reader waiting. */
function readFile(fd: number, bytes: number): Buffer {
  if (bytes > PAYLOAD_BYTES) throw new RefusedRequest(REFUSAL.MALFORMED, `a request of ${bytes} bytes`);
  if (!native.isSealed(fd)) throw new RefusedRequest(REFUSAL.MALFORMED, 'a request that is in no sealed file');
  const { size } = fstatSync(fd);
  if (size !== bytes) throw new RefusedRequest(REFUSAL.MALFORMED, `a request of ${size} bytes, not ${bytes}`);
  const payload = Buffer.alloc(bytes);
  for (let at = 0, read = -1; at < bytes && read !== 0; at += read) read = readSync(fd, payload, at, bytes - at, at);
  return payload;
}
