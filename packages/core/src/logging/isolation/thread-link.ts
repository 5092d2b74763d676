import { Worker } from 'node:worker_threads';
import type { HostLink, HostListener, StartHost } from './host-link.js';
import type { HostReply } from './messages.js';

/** Starts hosts as threads that run `script`. */
export function threadHosts(script: string): StartHost {
  return (listener: HostListener): HostLink => {
    const worker = new Worker(script);
    let why = 'its thread ended';
    worker.on('message', (reply: HostReply) => listener.onReply(reply));
    worker.on('error', (error) => (why = `its thread failed: ${messageOf(error)}`));
    worker.on('exit', () => listener.onEnd(why));
    worker.unref();
    return {
      send: (request, transfer) => worker.postMessage(request, transfer),
      kill: () => void worker.terminate(),
    };
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
