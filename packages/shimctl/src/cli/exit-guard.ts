import { writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ShimError } from '@holdfast/core/plugin';
import { failureExitCode } from './exit-codes.js';
import { formatError } from './output/errors.js';
import { PLAIN } from './output/colour.js';
import { namesJson } from './shimctl.js';

/**
 * Plugins are loaded into this process. If it ends before the command is done, because one of them called process.exit or because nothing is
 * left to wait for, that is an error, whatever exit code comes with it: nobody shall take it for success.
 */
export class ExitGuard {
  #command = '';
  #over = false;

  constructor(private readonly argv: readonly string[]) {}

  watch(): void {
    process.on('exit', () => this.#ending());
    // Node says what happened, and exits with another code than 0.
    process.on('uncaughtExceptionMonitor', () => this.done());
  }

  /** The command that the line names. */
  started(command: string): void {
    this.#command = command;
  }

  /** From now on the process may end. */
  done(): void {
    this.#over = true;
  }

  #ending(): void {
    if (this.#over) return;
    const error = untimely(callerOfExit(new Error().stack ?? ''));
    const text = formatError(error, { colours: PLAIN, json: namesJson(this.argv), causes: false });
    try {
      writeSync(2, text);
    } catch {
      // Nobody can be told.
    }
    process.exitCode = failureExitCode(this.#command, error.code);
  }
}

function untimely(caller: string | undefined): ShimError {
  const what = 'the process ended before the command was done:';
  if (caller === undefined) {
    const remedy = 'A plugin that waits for ever may be the reason; if you use none of your own, please report it.';
    return new ShimError('SHIM_INTERNAL', `${what} it waits for something that can't come any more`, { remedy });
  }
  return new ShimError('SHIM_PLUGIN_FAILED', `${what} process.exit was called at ${caller}`, {
    where: caller,
    remedy: 'A plugin must not end the process that it is loaded into: throw an error there, or use another plugin.',
  });
}

/** `FILE:LINE:COLUMN` from where process.exit was called; undefined if it was not. Handlers of "exit" run inside of that call. */
export function callerOfExit(stack: string): string | undefined {
  const lines = stack.split('\n');
  const call = lines.findIndex((line) => /^\s*at (?:process\.|Object\.)?(?:exit|reallyExit) \(node:/.test(line));
  if (call === -1) return undefined;
  const place = /\(?((?:file:\/\/)?\/[^()]*:\d+:\d+)\)?$/.exec(lines[call + 1] ?? '')?.[1] ?? 'an unknown place';
  return place.startsWith('file:') ? pathOf(place) : place;
}

function pathOf(place: string): string {
  const [, url = '', at = ''] = /^(.*?)(:\d+:\d+)$/.exec(place) ?? [];
  return `${fileURLToPath(url)}${at}`;
}
