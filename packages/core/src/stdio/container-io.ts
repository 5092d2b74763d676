import type { ChildStdio } from '../plugin/child-stdio.js';

/** Of a terminal, in characters. */
export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

/** The stdio of one process: pipes ({@link ProcessIo}) or a terminal ({@link TerminalIo}). */
export interface ContainerIo {
  /** Resolves once all output has ended. */
  readonly drained: Promise<void>;
  /** Makes it, and lets the keeper hold what must outlive shimd. */
  make(): Promise<ChildStdio>;
  /** The new process has its ends, or there is none. */
  closeChildEnds(): void;
  /** The runtime has made the process. Rejects with SHIM_RUNTIME_FAILED if it has sent no terminal. */
  made(): Promise<void>;
  /** Opens the shim's ends anew after a restart. */
  reopen(stdinClosed: boolean): Promise<void>;
  start(): void;
  /** Waits at most `ms` for the end of the outputs, then passes on what is there and lets go of them. */
  drain(ms: number): Promise<void>;
  /** Resolves when the process's side has taken the bytes, or can't any more. */
  writeStdin(bytes: Buffer): Promise<void>;
  closeStdin(): Promise<void>;
  /** Absent: there is no terminal. */
  resize?(size: TerminalSize): void;
  /** Lets go of everything, here and in the keeper. */
  release(): Promise<void>;
}
