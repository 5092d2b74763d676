import { once } from 'node:events';
import { closeSync, renameSync } from 'node:fs';
import { createServer } from 'node:net';
import { native } from '@holdfast/native';

/** A listening Unix socket as the keeper hands one to shimd: a descriptor that no server of this process has. */
export async function listeningSocket(path: string): Promise<number> {
  const server = createServer();
  server.listen(`${path}.new`);
  await once(server, 'listening');
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
  const [one, other] = native.seqpacketPair();
  native.send(one, Buffer.from('x'), [fd]);
  const copy = native.receive(other, Buffer.alloc(1))?.fds[0] as number;
  closeSync(one);
  closeSync(other);
  // Closing the server removes the path that it bound.
  renameSync(`${path}.new`, path);
  server.close();
  await once(server, 'close');
  return copy;
}
