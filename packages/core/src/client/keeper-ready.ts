import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';

const LINE_MAX = 4096;

/** How the start of a keeper ended: its pid, or the step that failed. */
export type ReadyAnswer = { readonly pid: number } | { readonly error: string };

/** Waits for the line that the keeper writes when it serves. Never rejects. */
export function waitForReady(child: ChildProcess, ready: Readable, deadlineMs: number): Promise<ReadyAnswer> {
  return new Promise((resolve) => {
    let text = '';
    let ended: string | undefined;
    const settle = (answer: ReadyAnswer): void => {
      clearTimeout(timer);
      ready.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      settle({ error: `it did not say within ${deadlineMs / 1000} s that it serves` });
    }, deadlineMs);
    const silent = (): void => {
      if (ended !== undefined && ready.readableEnded) settle({ error: `it ${ended} without a word` });
    };
    child.on('error', (error) => settle({ error: `it can't be run: ${error.message}` }));
    // The child of ours exits as soon as the keeper has forked: only without a keeper does its end tell something.
    child.on('exit', (code, signal) => {
      ended = signal === null ? `exited with ${code}` : `was killed by ${signal}`;
      silent();
    });
    ready.on('error', () => undefined);
    ready.on('end', silent);
    ready.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end !== -1) settle(parseReady(text.slice(0, end)));
      else if (text.length > LINE_MAX) settle({ error: 'it wrote what is no ready line' });
    });
  });
}

function parseReady(line: string): ReadyAnswer {
  const ok = /^ok ([1-9]\d*)$/.exec(line);
  if (ok !== null) return { pid: Number(ok[1]) };
  return { error: line.startsWith('error ') ? line.slice('error '.length) : `it wrote what is no ready line: ${line}` };
}
