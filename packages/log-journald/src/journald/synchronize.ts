import { createConnection } from 'node:net';
import { codeOf } from '../system-error.js';
import { runJournalctl } from './journalctl.js';
import { journaldPaths } from './paths.js';

const CALL = Buffer.from('{"method":"io.systemd.Journal.Synchronize"}\0');
/** An answer is `{"parameters":{}}` or an error. */
const ANSWER_LIMIT = 64 * 1024;

/**
 * Resolves when everything that journald was sent before can be read back. Rejects with what keeps it from that, or as
 * `signal` says.
 */
export async function synchronize(namespace: string | undefined, signal: AbortSignal): Promise<void> {
  try {
    const answer = await call(journaldPaths(namespace).varlink, signal);
    const { error } = JSON.parse(answer) as { error?: unknown };
    if (error !== undefined) throw new Error(`journald does not synchronize: ${answer.slice(0, 200)}`);
  } catch (error) {
    // A journald from before varlink (systemd 245) is told by a signal and a file.
    if (codeOf(error) !== 'ENOENT') throw error;
    await runJournalctl([...namespaceArgs(namespace), '--sync'], signal);
  }
}

/** For journalctl. */
export function namespaceArgs(namespace: string | undefined): string[] {
  return namespace === undefined ? [] : [`--namespace=${namespace}`];
}

/** One varlink call: the answer's text. */
function call(path: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    let answer = '';
    const settle = (error?: Error): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      if (error === undefined) resolve(answer);
      else reject(error);
    };
    const onAbort = (): void => settle(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
      const end = answer.indexOf('\0');
      if (end < 0 && answer.length < ANSWER_LIMIT) return;
      answer = answer.slice(0, end);
      settle(end < 0 ? new Error('journald answers too much') : undefined);
    });
    socket.on('error', settle);
    socket.on('close', () => settle(new Error('journald closed the connection')));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) return onAbort();
    socket.write(CALL);
  });
}
