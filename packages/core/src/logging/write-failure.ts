import type { LogWriteFailure } from '../plugin/log-driver.js';

/** A call that did not take everything. */
export interface WriteFailure {
  /** How many records, the last ones. */
  readonly lost: number;
  readonly reason: string;
  /** It may work later. */
  readonly retry: boolean;
  /** The driver may still use the buffer. */
  readonly busy: boolean;
}

/** What an error of a driver means for `count` records. */
export function failureOf(error: unknown, count: number): WriteFailure {
  const { lost, retry } = (error ?? {}) as LogWriteFailure;
  const whole = typeof lost === 'number' && Number.isInteger(lost) && lost >= 0 && lost <= count;
  return { lost: whole ? lost : count, reason: reasonOf(error), retry: retry === true, busy: false };
}

/** None was taken. */
export function refusal(count: number, reason: string, more: Partial<WriteFailure> = {}): WriteFailure {
  return { lost: count, reason, retry: false, busy: false, ...more };
}

function reasonOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  if (typeof cause?.code === 'string') return cause.code;
  return typeof code === 'string' ? code : 'error';
}
