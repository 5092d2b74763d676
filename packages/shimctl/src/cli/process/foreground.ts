import type { ContainerRef, ExecRef, ExitDocument } from '@holdfast/core/client';
import type { CommandContext } from '../context.js';
import { EXIT } from '../exit-codes.js';
import type { SendSignal, SignalRelay } from '../relay-signals.js';
import type { AttachRequest, CliShims } from '../services.js';

/** A process to start with this one's stdio. */
export interface ForegroundProcess {
  readonly shims: CliShims;
  readonly ref: ContainerRef | ExecRef;
  readonly interactive: boolean;
  start(): Promise<unknown>;
  readonly kill: SendSignal;
}

/** Attaches, starts, relays signals, and resolves when the process has ended and its output is written. */
export async function runForeground(
  context: CommandContext,
  relay: SignalRelay,
  process: ForegroundProcess,
): Promise<ExitDocument> {
  const attachment = await process.shims.attach(process.ref, attachRequest(context, process.interactive));
  const exit = Promise.race([attachment.exit, context.whenClosed]);
  exit.catch(() => undefined); // it may fail while `start` is still under way
  try {
    await process.start();
    relay.open(process.kill);
    return await exit;
  } finally {
    attachment.detach();
  }
}

/** The exit code to pass on; 125 and a remark if it can't be known. */
export function passOn(context: CommandContext, what: string, exit: ExitDocument): number {
  if (exit.exitCode !== null) return exit.exitCode;
  context.output.note(`the exit code of ${what} is unknown: its keeper died before it`);
  return EXIT.SHIM_FAILED;
}

function attachRequest({ environment, output }: CommandContext, interactive: boolean): AttachRequest {
  return {
    ...(interactive && { stdin: environment.stdin }),
    stdout: environment.stdout,
    stderr: environment.stderr,
    primary: true,
    onGap: (bytes) => output.note(`${bytes} bytes of output are missing here; the logs may have them`),
    onReconnect: () => {
      if (output.debug) output.note('connected to the shim again');
    },
  };
}
