import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Both ends of a connection over a Unix socket. */
export async function socketPair(): Promise<[Socket, Socket]> {
  const directory = mkdtempSync(join(tmpdir(), 'hf-ttrpc-'));
  const server = createServer().listen(join(directory, 's'));
  await once(server, 'listening');
  const near = connect(join(directory, 's'));
  const [far] = (await once(server, 'connection')) as [Socket];
  server.close();
  rmSync(directory, { recursive: true });
  return [near, far];
}
