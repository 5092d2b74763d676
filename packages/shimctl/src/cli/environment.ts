import type { Readable, Writable } from 'node:stream';
import type { CliServices } from './services.js';
import type { OwnTerminal } from './terminal/own-terminal.js';
import type { UnitProcess } from './unit/unit-process.js';

/** A command line that has been understood. */
export interface StartedCommand {
  /** Its name, after those of the commands that it belongs to: `config`, `show`. */
  readonly path: readonly string[];
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** What is known of a command that may come again, if the process that runs it is killed. */
export interface CommandProgress {
  /** The same each time. */
  readonly id: string;
  /** What was remembered last before it came again; undefined the first time, or if nothing was. */
  readonly known: Readonly<Record<string, unknown>> | undefined;
  remember(known: Readonly<Record<string, unknown>>): void;
}

/** Everything a command may touch, passed in so that a command line runs in any process. */
export interface CliEnvironment {
  /** Arguments after the program's name. */
  readonly argv: readonly string[];
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; relative paths of the command line start here. */
  readonly cwd: string;
  readonly isTTY: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** Told of the command once it is known; what it throws ends it. */
  started?(command: StartedCommand): void;
  /** Takes over a signal until the returned function is called. What `handler` returns settles when the signal has been dealt with. */
  onSignal(signal: NodeJS.Signals, handler: () => unknown): () => void;
  /** Only to be called if stdin or stdout is a terminal. */
  openTerminal(): Promise<OwnTerminal>;
  /** The person does not wait for what is written any more. */
  hurry(): void;
  readonly unit: UnitProcess;
  readonly services: CliServices;
  /** Left out: it does not come again. */
  readonly progress?: CommandProgress;
}
