import type { Writable } from 'node:stream';
import type { CliEnvironment } from '../environment.js';
import { outputError } from '../watch-output.js';
import { coloursFor, type Colours } from './colour.js';
import { formatError } from './errors.js';
import { escapeControls, stringifyJson } from './escape.js';

/** Where a command's words go. */
export class Output {
  /** Set from the flags once they have been read. */
  json = false;
  debug = false;
  readonly colours: Colours;
  readonly #errorColours: Colours;

  constructor(private readonly environment: Pick<CliEnvironment, 'stdout' | 'stderr' | 'isTTY' | 'env'>) {
    this.colours = coloursFor(environment, 'stdout');
    this.#errorColours = coloursFor(environment, 'stderr');
  }

  /** Resolves when the stream takes more. */
  write(text: string): Promise<void> {
    return writeTo(this.environment.stdout, text).catch((error: NodeJS.ErrnoException) => {
      throw outputError(error);
    });
  }

  /** A document for programs, on one line. */
  writeJson(value: unknown): Promise<void> {
    return this.write(`${stringifyJson(value, 'compact')}\n`);
  }

  error(error: unknown): void {
    this.environment.stderr.write(
      formatError(error, { colours: this.#errorColours, json: this.json, causes: this.debug }),
    );
  }

  /** A remark on stderr. */
  note(text: string): void {
    this.environment.stderr.write(`shimctl: ${escapeControls(text)}\n`);
  }
}

/** Writes, and waits if the stream asks for it. Rejects if the stream fails or is closed meanwhile. */
export async function writeTo(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  if (stream.write(chunk)) return;
  await new Promise<void>((resolve, reject) => {
    const settle = (error?: Error): void => {
      stream.off('drain', settle).off('error', settle).off('close', onClose);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onClose = (): void => settle(Object.assign(new Error('the stream was closed'), { code: 'EPIPE' }));
    stream.once('drain', settle).once('error', settle).once('close', onClose);
  });
}
