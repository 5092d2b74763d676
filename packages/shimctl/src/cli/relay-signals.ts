import { isShimError } from '@holdfast/core/plugin';
import type { CliEnvironment } from './environment.js';
import { signalNumber } from './signals.js';

const RELAYED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/** Hands the number of a signal to a process. */
export type SendSignal = (signal: number) => Promise<void>;

/** A signal takes a runtime command, some 50 ms. */
const PATIENCE_MS = 1_000;

/** Signals by which a person wants this program to end. */
const IMPATIENT: ReadonlySet<string> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']);

const LATE = 'interrupted after the end of the process, with output still to be written';

/** Signals on their way from this process to another. */
export interface SignalRelay {
  /** The process has been started: delivers what came before and what comes from now on, one by one in order. */
  open(send: SendSignal): void;
  /**
   * Rejects with {@link GivenUp} when INT, TERM, HUP or QUIT comes and an earlier signal has been on its way for long, or has found the
   * process ended (our output may be stuck). Never resolves.
   */
  readonly gaveUp: Promise<never>;
  /** Gives the signals back. */
  close(): void;
}

/** Somebody did not want to wait for the shim any longer. */
export class GivenUp extends Error {
  constructor(
    readonly exitCode: number,
    message = 'interrupted while the shim did not answer; what was started goes on',
  ) {
    super(message);
    this.name = 'GivenUp';
  }
}

/**
 * Takes over the usual signals. What comes before `open` waits: a signal that killed this process while the shim is
 * creating a container would leave it behind, and one sent to the runtime's init never reaches the user's program.
 */
export function relaySignals(
  environment: Pick<CliEnvironment, 'onSignal'>,
  onError: (error: unknown) => void,
): SignalRelay {
  let open: (send: SendSignal) => void = () => undefined;
  const opened = new Promise<SendSignal>((resolve) => (open = resolve));
  let queue: Promise<void> = Promise.resolve();
  let closed = false;
  let ended = false;
  let waiting = 0;
  let since = 0;
  let giveUp: (error: GivenUp) => void = () => undefined;
  const gaveUp = new Promise<never>((_, reject) => (giveUp = reject));
  gaveUp.catch(() => undefined);
  const relay = async (signal: number): Promise<void> => {
    const send = await opened;
    if (closed) return;
    await send(signal).catch((error: unknown) => {
      if (hasEnded(error)) ended = true;
      else onError(error);
    });
  };
  const takers = RELAYED.map((name) =>
    environment.onSignal(name, () => {
      // The one before has not reached the process yet, and may never: the shim does not answer.
      const late = waiting > 0 && Date.now() - since > PATIENCE_MS;
      if (ended && IMPATIENT.has(name)) giveUp(new GivenUp(128 + signalNumber(name), LATE));
      if (late && IMPATIENT.has(name)) giveUp(new GivenUp(128 + signalNumber(name)));
      if (waiting === 0) since = Date.now();
      waiting += 1;
      queue = queue.then(() => relay(signalNumber(name))).finally(() => (waiting -= 1));
      return queue;
    }),
  );
  return {
    gaveUp,
    open: (send) => open(send),
    close: () => {
      closed = true;
      for (const giveBack of takers) giveBack();
    },
  };
}

/** A signal and the exit may cross. */
function hasEnded(error: unknown): boolean {
  if (!isShimError(error)) return false;
  return ['SHIM_ILLEGAL_STATE', 'SHIM_CONTAINER_NOT_FOUND', 'SHIM_EXEC_NOT_FOUND'].includes(error.code);
}
