import type { TerminalSize } from '../api/terminal-documents.js';
import type { ContainerIo } from './container-io.js';
import { ProcessIo, type IoServices, type ProcessIoOptions } from './process-io.js';
import { TerminalIo } from './terminal-io.js';

/** The stdio that a process was asked for with. */
export interface IoRequest extends ProcessIoOptions {
  readonly terminal: boolean;
  readonly size?: TerminalSize | undefined;
  /** As `TerminalIoOptions.consoleSocket`. */
  readonly consoleSocket: string;
}

/** A terminal or pipes; opens nothing. */
export function makeIo({ terminal, ...options }: IoRequest, services: IoServices): ContainerIo {
  return terminal ? new TerminalIo(options, services) : new ProcessIo(options, services);
}
