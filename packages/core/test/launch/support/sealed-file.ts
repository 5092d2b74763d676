import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '@holdfast/native';
import { temporaryDirectory } from '../../support/temporary-directory.js';

/** A sealed file in memory: what the addon sends in place of a datagram that is too large, which 300 KB are. The caller closes it. */
export function sealedFile(bytes: Buffer): number {
  if (bytes.length < 300_000) throw new Error('it would go as a datagram');
  const path = join(temporaryDirectory(), 'd');
  const receiver = native.datagramBind(path, 0o600);
  const sender = native.datagramSocket();
  try {
    native.datagramConnect(sender, path);
    const nothing = new Uint8Array(0);
    native.datagramSend(sender, {
      ...{ head: nothing, fields: nothing, fieldEnds: Uint32Array.of(0), tail: nothing, from: 0, to: 1 },
      ...{ bytes, spans: Uint32Array.of(0, bytes.length) },
    });
    const [fd] = native.receive(receiver, new Uint8Array(16))?.fds ?? [];
    if (fd === undefined) throw new Error('no file came');
    return fd;
  } finally {
    closeSync(sender);
    closeSync(receiver);
  }
}
