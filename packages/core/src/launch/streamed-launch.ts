import type { Readable, Writable } from 'node:stream';
import type { TerminalSize } from '../api/terminal-documents.js';
import type { Launch } from './launch.js';

/** What a launcher of version 2 says of itself besides. */
export interface LauncherState {
  /** Which of its descriptors are terminals. */
  readonly isTTY: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  readonly size: TerminalSize;
  /** How many descriptors from 3 on, without a gap, it was started with. */
  readonly inherited: number;
  /** How often it was accepted before. */
  readonly attempt: number;
  /** How many signals were handled before. */
  readonly signals: number;
  /** Tells the program that Node would run from any other; empty if it is not there. */
  readonly program: string;
  /** What an earlier shimd gave it to remember; empty if nothing. */
  readonly token: string;
  /** Bytes of stdout and stderr that it has, and has printed. */
  readonly received: readonly [number, number];
  readonly printed: readonly [number, number];
  /** Bytes of stdin that were taken before. */
  readonly taken: number;
}

/** A command line that a launcher of version 2 has handed over: with its streams, its terminal and its signals. */
export interface StreamedLaunch extends Omit<Launch, 'input' | 'stdout' | 'stderr'>, Omit<LauncherState, 'size'> {
  /** Its stdin, which the launcher does not read before this is read. */
  readonly stdin: LaunchStdin;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** It has been accepted before, by another shimd: what was asked for may have been done. */
  readonly again: boolean;
  /** From here on nobody else may do it. Throws SHIM_UNAVAILABLE if the launcher has gone. Once is enough. */
  accept(): void;
  /** Somebody else is to do it; nothing was done yet. False if it was accepted, now or before. */
  refuse(why: string): boolean;
  readonly refused: boolean;
  /** Undefined if its output and its input go elsewhere. */
  readonly size: TerminalSize | undefined;
  /** Takes over a signal until the returned function is called. It counts as handled when what `handle` returns has settled. */
  onSignal(signal: number, handle: () => unknown): () => void;
  onSize(handle: () => void): () => void;
  /** The caller's terminal: raw, or as it was. */
  setRaw(raw: boolean): void;
  /** The next shimd is given this, at most 1024 bytes without NUL, if this one dies. Output that comes then goes on where this one's ends. */
  remember(token: string): void;
}

/** The launcher's stdin. What was not taken is sent again to the next shimd. */
export interface LaunchStdin extends Readable {
  /** From now on the reader says what it has taken: by itself that is all that was read, some time later. */
  hold(): void;
  taken(bytes: number): void;
  /** All that has been read of it. */
  takenAll(): void;
}

/** How a command line has ended. */
export interface LaunchEnd {
  /** 0 to 255. */
  readonly code: number;
  /** Nobody waits for output that is not printed yet. */
  readonly hurried: boolean;
}

/** What it throws is printed to stderr, with the code of its kind. */
export type StreamedLaunchHandler = (launch: StreamedLaunch) => Promise<LaunchEnd>;
