import { closeSync, createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { native } from '@holdfast/native';
import type { KeeperClient, SpawnRequest } from '../keeper-client.js';

/** Runs a program by the keeper, acknowledges its exit, and returns its standard output. */
export async function outputOf(client: KeeperClient, request: SpawnRequest): Promise<string> {
  const [read, write] = native.pipe(false);
  const { pid } = await client.spawn({ ...request, fds: [...(request.fds ?? []), [write, 1]] });
  closeSync(write);
  const output = await text(createReadStream('', { fd: read }));
  client.ack((await client.exitOf(pid)).seq);
  return output;
}
