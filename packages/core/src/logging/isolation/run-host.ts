import { isMainThread, parentPort } from 'node:worker_threads';
import { native } from '@holdfast/native';
import type { PluginSource } from '../../plugins/plugin-source.js';
import { EventPoller } from '../../stdio/event-poller.js';
import { DatagramSenders } from '../datagram-senders.js';
import { FileLanes } from '../file-lanes.js';
import { DriverHost } from './driver-host.js';
import type { HostReply, HostRequest } from './messages.js';

const SIGKILL = 9;

/** Serves the shimd that started this thread or process, for as long as that lives. */
export function runHost(plugins: PluginSource): void {
  const reply = isMainThread ? replyToParent : (message: HostReply) => parentPort?.postMessage(message);
  const datagrams = new DatagramSenders(new EventPoller());
  const host = new DriverHost({ plugins, lanes: new FileLanes(), datagrams, reply });
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

function replyToParent(message: HostReply): void {
  process.send?.(message, () => undefined);
}
