import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** A program that runs; in a process group of its own, since ctrl-C is for us alone. */
export class Command {
  stdout = '';
  stderr = '';
  #child;

  /** `onStdout`, `onStderr`: get the text in place of `stdout` and `stderr`. */
  constructor([program, ...args], { env, onStdout, onStderr }) {
    this.#child = spawn(program, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout.setEncoding('utf8').on('data', onStdout ?? ((text) => (this.stdout += text)));
    this.#child.stderr.setEncoding('utf8').on('data', onStderr ?? ((text) => (this.stderr += text)));
    /** Resolves to the exit code, null if a signal ended it, once all output is there. */
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', resolve);
    });
    this.ended.catch(() => undefined);
  }

  get running() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** False if it has ended by itself. */
  kill() {
    return this.running && this.#child.kill('SIGKILL');
  }
}

/** Waits until `probe` gives something true and returns that; undefined after `ms`. */
export async function until(probe, ms, signal) {
  const end = performance.now() + ms;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > end) return undefined;
    await delay(20, undefined, { signal });
  }
}

/** `task` over all of `list`, so many at a time. */
export async function each(list, width, task) {
  const rest = [...list];
  await Promise.all(
    Array.from({ length: Math.min(width, rest.length) }, async () => {
      for (let item; (item = rest.shift()) !== undefined;) await task(item);
    }),
  );
}
