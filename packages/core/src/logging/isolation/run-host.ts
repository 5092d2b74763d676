import { isMainThread, parentPort } from 'node:worker_threads';
import { native } from '@holdfast/native';
import type { KnownSecrets } from '../../plugins/known-secrets.js';
import type { PluginSource } from '../../plugins/plugin-source.js';
import { printable } from '../../plugins/printable.js';
import { DatagramSenders } from '../datagram-senders.js';
import { FileLanes } from '../file-lanes.js';
import { DriverHost } from './driver-host.js';
import type { HostReply, HostRequest } from './messages.js';

const SIGKILL = 9;

/** As of shimd itself: going on in an unknown state is worse than starting again. */
const UNEXPECTED = 70;

/** What a host is made of. */
export interface HostParts {
  readonly plugins: PluginSource;
  readonly secrets: KnownSecrets;
  /** Of the holdfast that this script belongs to. */
  readonly version: string;
}

/** Serves the shimd that started this thread or process, for as long as that lives. */
export function runHost({ plugins, secrets, version }: HostParts): void {
  const reply = isMainThread ? replyToParent : (message: HostReply) => parentPort?.postMessage(message);
  exitOnSurprise(secrets);
  reply({ kind: 'up', version });
  const host = new DriverHost({ plugins, lanes: new FileLanes(), datagrams: new DatagramSenders(), reply });
  const receive = (request: HostRequest): void => void host.handle(request);
  if (!isMainThread) {
    parentPort?.on('message', receive);
    return;
  }
  // A driver that spins hears of nothing else.
  native.parentDeathSignal(SIGKILL);
  process.on('disconnect', () => process.exit(0));
  process.on('message', (request) => receive(request as HostRequest));
  // shimd died before this could be asked for.
  if (!process.connected) process.exit(0);
}

function replyToParent(message: HostReply, sent: () => void = () => undefined): void {
  process.send?.(message, sent);
}

/** Node would print what a plugin threw as it is, secrets and all. */
function exitOnSurprise(secrets: KnownSecrets): void {
  const surprise = (error: unknown): void => {
    const fields = printable({ err: error }, secrets.mask) as object;
    const message: HostReply = { kind: 'log', level: 'error', fields, message: 'unexpected error in a log host' };
    const end = (): void => process.exit(UNEXPECTED);
    if (isMainThread) return replyToParent(message, end);
    parentPort?.postMessage(message);
    end();
  };
  process.on('uncaughtException', surprise);
  process.on('unhandledRejection', surprise);
}
