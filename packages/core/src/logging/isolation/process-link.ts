import { fork } from 'node:child_process';
import type { HostLink, HostListener, StartHost } from './host-link.js';
import type { HostReply } from './messages.js';

/** Starts hosts as processes that run `script`. They end with shimd. */
export function processHosts(script: string): StartHost {
  return (listener: HostListener): HostLink => {
    const child = fork(script, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [],
    });
    let ended = false;
    const end = (why: string): void => {
      if (ended) return;
      ended = true;
      listener.onEnd(why);
    };
    child.on('message', (reply) => listener.onReply(reply as HostReply));
    child.on('error', (error) => end(`its process failed: ${error.message}`));
    // After the last message; `exit` can come before it.
    child.on('close', (code, signal) => end(`its process ended with ${signal ?? `code ${code}`}`));
    child.unref();
    child.channel?.unref();
    return {
      // A channel that has been closed tells of it by `close`.
      send: (request) => void child.send(request, () => undefined),
      kill: () => void child.kill('SIGKILL'),
    };
  };
}
