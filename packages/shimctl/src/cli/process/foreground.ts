import type { Command } from 'commander';
import type { ContainerRef, ExecRef, ExitDocument } from '@holdfast/core/client';
import type { CommandContext } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { GivenUp, type SendSignal, type SignalRelay } from '../relay-signals.js';
import type { Attachment, AttachRequest, CliConfig, CliShims } from '../services.js';
import { takeSeat, type Seat } from '../terminal/seat.js';

/** Flags of commands that stay with a process. */
export interface ForegroundOptions {
  readonly detachKeys?: string;
  readonly leaveStdinOpen?: true;
}

/** Adds the flags of {@link ForegroundOptions}. */
export function addForegroundOptions(command: Command): Command {
  return command
    .option('--detach-keys <keys>', 'on a terminal: leave, and let it go on (default: "detachKeys" of the config)')
    .option('--leave-stdin-open', 'the end of our stdin is not the end of its');
}

/** A process to stay with, joined to this one's stdio. */
export interface ForegroundProcess {
  readonly shims: CliShims;
  readonly config: CliConfig;
  readonly ref: ContainerRef | ExecRef;
  readonly interactive: boolean;
  readonly terminal: boolean;
  readonly options: ForegroundOptions;
  /** False: it was started by somebody else. */
  readonly primary: boolean;
  /** As the core's `AttachOptions.onCut`. */
  readonly onCut?: (until: bigint) => Promise<void>;
  /** Called once everything the process writes arrives here. */
  start(): Promise<unknown>;
  /** Left out: signals are for this program. */
  readonly kill?: SendSignal;
}

/** Signals that end a program; with a terminal the process has keys for them, and they mean this program. */
const FOR_US: ReadonlySet<number> = new Set([1, 2, 3, 15]);

/**
 * Attaches, starts, relays signals, and resolves when the process has ended and its output is written; undefined if the detach keys
 * were typed.
 */
export async function runForeground(
  context: CommandContext,
  relay: SignalRelay,
  process: ForegroundProcess,
): Promise<ExitDocument | undefined> {
  const { progress } = context.environment;
  const { terminal } = process;
  const ended = progress?.known?.['exit'] as ExitDocument | null | undefined;
  // Another process has come so far with it, and all output was written by it.
  if (ended !== undefined) return ended ?? undefined;
  const detachKeys = process.options.detachKeys ?? process.config.detachKeys;
  const seat = await takeSeat(context, { ...process, detachKeys });
  try {
    progress?.remember({ terminal });
    const attachment = await process.shims.attach(process.ref, attachRequest(context, seat, process));
    const exit = await stay(context, { relay, seat, process, attachment });
    progress?.remember({ terminal, exit: exit ?? null });
    return exit;
  } finally {
    seat.leave();
  }
}

interface Stay {
  readonly relay: SignalRelay;
  readonly seat: Seat;
  readonly process: ForegroundProcess;
  readonly attachment: Attachment;
}

async function stay(context: CommandContext, on: Stay): Promise<ExitDocument | undefined> {
  const { relay, seat, process, attachment } = on;
  let leave: (error: Error) => void = () => undefined;
  const told = new Promise<never>((_, reject) => (leave = reject));
  const detached = seat.detached.then(() => undefined);
  const exit = Promise.race([attachment.exit, context.whenClosed, relay.gaveUp, told, detached]);
  exit.catch(() => undefined); // it may fail while `start` is still under way
  try {
    await process.start();
    relay.open(async (signal) => {
      if ((seat.raw || process.kill === undefined) && FOR_US.has(signal))
        leave(new GivenUp(128 + signal, 'detached by a signal; the process goes on'));
      else await process.kill?.(signal);
    });
    return await exit;
  } finally {
    attachment.detach();
  }
}

/** The exit code to pass on; 125 and a remark if it can't be known, 0 for one that was left. */
export function passOn(context: CommandContext, what: string, exit: ExitDocument | undefined): number {
  if (exit === undefined) {
    context.output.note(`detached; ${what} goes on`);
    return EXIT.OK;
  }
  if (exit.exitCode !== null) return exit.exitCode;
  context.output.note(`the exit code of ${what} is unknown: its keeper died before it`);
  return EXIT.SHIM_FAILED;
}

function attachRequest(
  { environment, output }: CommandContext,
  { stdin, window, raw }: Seat,
  { primary, options, onCut }: ForegroundProcess,
): AttachRequest {
  return {
    stdin,
    window,
    // The end of a terminal's input is the person's going, which is not the process's business.
    leaveStdinOpen: raw || options.leaveStdinOpen === true,
    stdout: environment.stdout,
    stderr: environment.stderr,
    primary,
    onCut,
    onGap: (bytes) => output.note(`${bytes} bytes of output are missing here; the logs may have them`),
    onReconnect: () => output.note('the shim was started again; connected to it'),
  };
}
