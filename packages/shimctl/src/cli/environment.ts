import type { Readable, Writable } from 'node:stream';
import type { CliServices } from './services.js';
import type { OwnTerminal } from './terminal/own-terminal.js';
import type { UnitProcess } from './unit/unit-process.js';

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
  /** Told the name of the command once it is known. */
  started?(command: string): void;
  /** Takes over a signal until the returned function is called. */
  onSignal(signal: NodeJS.Signals, handler: () => void): () => void;
  /** Only to be called if stdin or stdout is a terminal. */
  openTerminal(): Promise<OwnTerminal>;
  /** The person does not wait for what is written any more. */
  hurry(): void;
  readonly unit: UnitProcess;
  readonly services: CliServices;
}
