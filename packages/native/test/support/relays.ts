import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { native } from '@holdfast/native';
import type { KeeperClient } from '../keeper-client.js';
import { FrameSocket } from './frame-socket.js';
import type { Keepers } from './use-keepers.js';

/** Closed with the test. */
export function closing(socket: FrameSocket): FrameSocket {
  onTestFinished(() => socket.kill());
  return socket;
}

/** shimd's end of a relayed connection. */
export interface Served {
  readonly id: bigint;
  readonly listener: string;
  readonly shimd: FrameSocket;
}

/** What shimd is told of next. */
export async function serve(client: KeeperClient): Promise<Served> {
  const { id, listener, fd } = await client.relayed();
  return { id, listener, shimd: closing(FrameSocket.of(fd)) };
}

export interface Relaying {
  readonly client: KeeperClient;
  readonly path: string;
  /** A client of the relay. */
  dial(): Promise<FrameSocket>;
}

/** A keeper that relays what comes to `path`, a listener held as `listener`. */
export async function relaying(keepers: Keepers, env: NodeJS.ProcessEnv = process.env): Promise<Relaying> {
  const client = await keepers.ready({ env: { ...env, HOLDFAST_TEST_RESTART_DELAY: '1' } });
  await client.hello(4);
  const path = join(keepers.current().directory, 'relay');
  await holdListener(client, path, 'listener');
  await client.relay('listener');
  return { client, path, dial: async () => closing(await FrameSocket.connect(path)) };
}

export async function holdListener(client: KeeperClient, path: string, key: string): Promise<void> {
  const listener = native.streamListen(path, 0o600, 4096);
  await client.hold(key, listener);
  closeSync(listener);
}

/** shimd is killed and the next one says HELLO. */
export async function restarted(keepers: Keepers, client: KeeperClient, version = 4): Promise<KeeperClient> {
  client.crashShimd(1);
  const next = await keepers.current().connect();
  await next.hello(version);
  return next;
}
