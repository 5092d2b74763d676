import type { ForwardedStdio } from '../api/documents.js';
import type { TerminalSize } from '../api/terminal-documents.js';
import type { ContainerIo } from './container-io.js';
import type { Dropped } from './forward/drop-bytes.js';
import { ForwardedIo } from './forward/forwarded-io.js';
import { GivenIo } from './given-io.js';
import { ProcessIo, type IoServices, type ProcessIoOptions } from './process-io.js';
import { TerminalIo } from './terminal-io.js';

/** The stdio that a process was asked for with. */
export interface IoRequest extends ProcessIoOptions {
  readonly terminal: boolean;
  readonly size?: TerminalSize | undefined;
  /** As `TerminalIoOptions.consoleSocket`. */
  readonly consoleSocket: string;
  /** Left out: nothing is forwarded. */
  readonly forward?: ForwardedStdio | undefined;
  /** It is somebody else's. Left out: no. */
  readonly given?: boolean;
  /** There are log drivers, which get a copy of what is forwarded. */
  readonly logged: boolean;
  /** Counts forwarded output that its reader did not get. */
  readonly onDropped: (dropped: Dropped) => void;
}

/** A terminal, pipes or what somebody else has; opens nothing. */
export function makeIo(request: IoRequest, services: IoServices): ContainerIo {
  const { terminal, size, consoleSocket, forward, given, logged, onDropped, ...process } = request;
  if (given === true) return new GivenIo(process.key);
  const inner = (options: ProcessIoOptions): ContainerIo =>
    terminal ? new TerminalIo({ ...options, size, consoleSocket }, services) : new ProcessIo(options, services);
  if (forward === undefined) return inner(process);
  return new ForwardedIo({ forward, key: process.key, terminal, onDropped, process, logged, inner }, services);
}
