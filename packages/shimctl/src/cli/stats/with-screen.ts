import { constants } from 'node:os';
import type { CommandContext } from '../context.js';
import { Screen } from './screen.js';

/** Runs `work` with a screen whose cursor is there again however it ends. Resolves to 128 + n at once if signal n ends it. */
export async function withScreen(
  { environment, output }: Pick<CommandContext, 'environment' | 'output'>,
  work: (screen: Screen) => Promise<number>,
): Promise<number> {
  const terminal = await environment.openTerminal();
  const screen = new Screen(output, terminal);
  let end: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => (end = resolve));
  const forget = [
    ...(['SIGTERM', 'SIGHUP'] as const).map((name) =>
      environment.onSignal(name, () => {
        environment.hurry();
        end(128 + constants.signals[name]);
      }),
    ),
    environment.onSignal('SIGTSTP', () => {
      // On a terminal it is written before this returns.
      screen.pause().catch(() => undefined);
      terminal.stop();
    }),
  ];
  const done = work(screen);
  // What it fails with after the signal is its end.
  done.catch(() => undefined);
  try {
    return await Promise.race([done, ended]);
  } finally {
    for (const undo of forget) undo();
    // A terminal that has gone has no cursor.
    await screen.leave().catch(() => undefined);
  }
}
