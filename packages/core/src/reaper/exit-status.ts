import { constants } from 'node:os';
import type { ExitDocument } from '../api/documents.js';

/** How a process ended. */
export type ExitStatus =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signaled'; readonly signal: number }
  /** Nobody can know: the keeper had died too, and the kernel is older than 6.15. */
  | { readonly kind: 'unknown' };

/** Reads what waitpid(2) gives. */
export function fromWaitStatus(waitStatus: number): ExitStatus {
  const signal = waitStatus & 0x7f;
  if (signal === 0) return { kind: 'exited', code: (waitStatus >> 8) & 0xff };
  return { kind: 'signaled', signal };
}

const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));
// libuv and glibc have two names for some numbers; the kernel's manual prefers these.
SIGNAL_NAMES.set(6, 'SIGABRT').set(29, 'SIGIO').set(17, 'SIGCHLD').set(31, 'SIGSYS');

/** `SIGKILL` for 9; real-time signals as `SIGRTMIN+n`. */
export function signalName(signal: number): string {
  return SIGNAL_NAMES.get(signal) ?? (signal >= 34 && signal <= 64 ? `SIGRTMIN+${signal - 34}` : `SIG${signal}`);
}

/** `exited with 1`, `was ended by SIGKILL`. */
export function describeEnd(waitStatus: number): string {
  const status = fromWaitStatus(waitStatus);
  if (status.kind === 'signaled') return `was ended by ${signalName(status.signal)}`;
  return status.kind === 'exited' ? `exited with ${status.code}` : 'ended';
}

/** The document of an exit: 128 + n for signal n. */
export function exitDocument(status: ExitStatus, time: bigint, timedOut = false): ExitDocument {
  const exitedAt = new Date(Number(time / 1_000_000n)).toISOString();
  const base = timedOut ? { exitedAt, timedOut } : { exitedAt };
  switch (status.kind) {
    case 'exited':
      return { exitCode: status.code, signal: null, ...base };
    case 'signaled':
      return { exitCode: 128 + status.signal, signal: signalName(status.signal), ...base };
    case 'unknown':
      return { exitCode: null, signal: null, ...base };
  }
}

/** The document alone of a record that holds more. */
export function exitDocumentOf({ exitCode, signal, exitedAt, timedOut }: ExitDocument): ExitDocument {
  const document = { exitCode, signal, exitedAt };
  return timedOut === undefined ? document : { ...document, timedOut };
}
