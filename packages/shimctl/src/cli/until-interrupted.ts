import type { CommandContext } from './context.js';
import { EXIT } from './exit-codes.js';

/** Runs what has no end of its own. Resolves to {@link EXIT.INTERRUPTED} at once when SIGINT comes, whatever it is waiting for. */
export async function untilInterrupted(
  { environment }: Pick<CommandContext, 'environment'>,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const over = new AbortController();
  let interrupt: (code: number) => void = () => undefined;
  const interrupted = new Promise<number>((resolve) => (interrupt = resolve));
  const giveBack = environment.onSignal('SIGINT', () => {
    interrupt(EXIT.INTERRUPTED);
    environment.hurry();
    over.abort();
  });
  const done = work(over.signal);
  // What it fails with after the interruption is its end.
  done.catch(() => undefined);
  try {
    return await Promise.race([interrupted, done]);
  } finally {
    giveBack();
    over.abort();
  }
}
