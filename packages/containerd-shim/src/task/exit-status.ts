import type { ExitDocument } from '@holdfast/core';
import { NO_TIME, timestampOf, type Timestamp } from '../messages/index.js';

/** What containerd has for "unknown". */
const UNKNOWN = 255;

export interface ExitStatus {
  readonly exitStatus: number;
  readonly exitedAt: Timestamp;
}

/** As containerd has it; of a process that has not ended, Go's zero time. */
export function exitStatusOf(exit: ExitDocument | undefined): ExitStatus {
  if (exit === undefined) return { exitStatus: 0, exitedAt: NO_TIME };
  return { exitStatus: exit.exitCode ?? UNKNOWN, exitedAt: timeOf(exit.exitedAt) };
}

/** RFC 3339 to a timestamp, to the nanosecond. */
export function timeOf(text: string): Timestamp {
  const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? '';
  const seconds = BigInt(Math.floor(Date.parse(text.replace(/\.\d+/, '')) / 1000));
  return timestampOf(seconds * 1_000_000_000n + BigInt(fraction.padEnd(9, '0')));
}
