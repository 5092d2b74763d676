import { closeSync } from 'node:fs';
import { native } from '@holdfast/native';

/** Another descriptor of the same open file, which came over a socket as from the keeper. */
export function passDescriptor(fd: number): number {
  const [from, to] = native.seqpacketPair();
  try {
    native.send(from, Buffer.from('x'), [fd]);
    return native.receive(to, Buffer.alloc(1))?.fds[0] as number;
  } finally {
    closeSync(from);
    closeSync(to);
  }
}
