import { isShimError } from '@holdfast/core/plugin';
import type { CliEnvironment } from './environment.js';
import { signalNumber } from './signals.js';

const RELAYED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/** Hands the number of a signal to a process. */
export type SendSignal = (signal: number) => Promise<void>;

/** Signals on their way from this process to another. */
export interface SignalRelay {
  /** The process has been started: delivers what came before and what comes from now on, one by one in order. */
  open(send: SendSignal): void;
  /** Gives the signals back. */
  close(): void;
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
  const relay = async (signal: number): Promise<void> => {
    const send = await opened;
    if (closed) return;
    await send(signal).catch((error: unknown) => {
      if (!hasEnded(error)) onError(error);
    });
  };
  const takers = RELAYED.map((name) =>
    environment.onSignal(name, () => {
      queue = queue.then(() => relay(signalNumber(name)));
    }),
  );
  return {
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
