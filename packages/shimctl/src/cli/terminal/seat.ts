import type { Readable } from 'node:stream';
import type { AttachedWindow, TerminalSize } from '@holdfast/core/client';
import type { CommandContext } from '../context.js';
import { parseDetachKeys } from './detach-keys.js';
import { DetachFilter } from './detach-filter.js';
import type { OwnTerminal } from './own-terminal.js';

/** What a process is to be joined to our stdio with. */
export interface SeatRequest {
  /** Our input is passed on. */
  readonly interactive: boolean;
  /** The process has a terminal. */
  readonly terminal: boolean;
  /** As `--detach-keys` has them. */
  readonly detachKeys: string;
}

/** Our side of an attached process. */
export interface Seat {
  readonly stdin: Readable | undefined;
  readonly window: AttachedWindow | undefined;
  /** Keys go to the process as they are typed: our own terminal makes no signals of them. */
  readonly raw: boolean;
  /** Resolves when the detach keys have been typed. */
  readonly detached: Promise<void>;
  /** Gives the terminal back as it was. */
  leave(): void;
}

/** Takes our terminal over if the process has one and we pass input on. Throws SHIM_USAGE. */
export async function takeSeat(context: CommandContext, request: SeatRequest): Promise<Seat> {
  const keys = parseDetachKeys(request.detachKeys);
  const { environment } = context;
  const { isTTY } = environment;
  const stdin = request.interactive ? environment.stdin : undefined;
  const plain = { stdin, window: undefined, raw: false, detached: never(), leave: () => undefined };
  if (!request.terminal || !(isTTY.stdin || isTTY.stdout)) return plain;
  const own = await environment.openTerminal();
  const window = followSize(context, own);
  if (stdin === undefined || !isTTY.stdin) return { ...plain, window };
  return { window, ...rawInput(context, own, stdin, keys) };
}

function rawInput(
  { environment }: CommandContext,
  own: OwnTerminal,
  source: Readable,
  keys: Buffer,
): Omit<Seat, 'window'> {
  let detach: () => void = () => undefined;
  const detached = new Promise<void>((resolve) => (detach = resolve));
  const filter = new DetachFilter(keys, detach);
  let restore = own.makeRaw();
  // Sent by somebody else: the key itself goes to the process.
  const unstop = environment.onSignal('SIGTSTP', () => {
    restore();
    own.stop();
  });
  const unresume = environment.onSignal('SIGCONT', () => {
    restore();
    restore = own.makeRaw();
  });
  source.pipe(filter);
  return {
    stdin: filter,
    raw: true,
    detached,
    leave: () => {
      source.unpipe(filter).pause();
      unstop();
      unresume();
      restore();
    },
  };
}

function followSize({ environment }: CommandContext, own: OwnTerminal): AttachedWindow {
  return {
    watch: (onSize: (size: TerminalSize) => void) => {
      const tell = (): void => {
        const size = own.size();
        if (size !== undefined) onSize(size);
      };
      tell();
      const forget = (['SIGWINCH', 'SIGCONT'] as const).map((name) => environment.onSignal(name, tell));
      return () => forget.forEach((undo) => undo());
    },
  };
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
