import type { TerminalSize } from '../api/terminal-documents.js';
import type { ChildStdio } from '../plugin/child-stdio.js';
import type { StreamName } from '../plugin/log-batch.js';
import type { OnTaken } from './input-writer.js';

/** The stdio of one process: pipes ({@link ProcessIo}), a terminal ({@link TerminalIo}) or its starter's ({@link GivenIo}). */
export interface ContainerIo {
  /** Where the runtime sends the terminal to; absent: there is no terminal. */
  readonly consoleSocket?: string | undefined;
  /** Why nobody can attach to it; absent: anybody can. */
  readonly unattachable?: string | undefined;
  /** Resolves once all output has ended. */
  readonly drained: Promise<void>;
  /** Makes it, and lets the keeper hold what must outlive shimd. */
  make(): Promise<ChildStdio>;
  /** The new process has its ends, or there is none. */
  closeChildEnds(): void;
  /** The runtime has made the process. Rejects with SHIM_RUNTIME_FAILED if it has sent no terminal, or it isn't there within `ms`. */
  made(ms?: number): Promise<void>;
  /** Opens the shim's ends anew after a restart. */
  reopen(stdinClosed: boolean): Promise<void>;
  start(): void;
  /** The process has been asked to end: for `ms` no output waits for the rate limit. */
  letPass(ms: number): void;
  /** Waits at most `ms` for the end of the outputs, then passes on what is there and lets go of them. */
  drain(ms: number): Promise<void>;
  /** What clients have seen and no record holds yet. */
  unrecorded(): readonly (readonly [StreamName, Buffer])[];
  /** As {@link InputWriter.write}. Without stdin the bytes are discarded. */
  writeStdin(bytes: Buffer, onTaken?: OnTaken): Promise<void>;
  closeStdin(): Promise<void>;
  /** Absent: there is no terminal. Throws SHIM_ILLEGAL_STATE if it has gone. */
  resize?(size: TerminalSize): void;
  /** Lets go of everything, here and in the keeper. */
  release(): Promise<void>;
}
