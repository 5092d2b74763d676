import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Address } from '../options/address.js';
import type { TlsSettings } from '../options/settings.js';
import { systemError } from '../system-error.js';
import { connectTls } from './connect-tls.js';
import { doneBefore } from './deadline.js';
import { settledSocket } from './settled-socket.js';

export type StreamAddress = Exclude<Address, { kind: 'udp' | 'unixgram' }>;

/** A connected socket. Rejects with the system's error, or ETIMEDOUT at the deadline. */
export async function connectStream(address: StreamAddress, tls: TlsSettings, deadline: number): Promise<Socket> {
  const began = performance.now();
  const controller = new AbortController();
  const connecting = connectTo(address, tls, controller.signal);
  if (await doneBefore(deadline, connecting)) return connecting;
  connecting.then(
    (socket) => socket.destroy(),
    () => undefined,
  );
  controller.abort();
  throw systemError('ETIMEDOUT', `no answer within ${Math.round(performance.now() - began)} ms`);
}

async function connectTo(address: StreamAddress, tls: TlsSettings, signal: AbortSignal): Promise<Socket> {
  if (address.kind === 'tls') return connectTls(address, tls, signal);
  const socket = address.kind === 'unix' ? connect(address.path) : connect(address);
  return settledSocket(socket, 'connect', signal);
}
