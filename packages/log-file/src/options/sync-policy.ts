import { ShimError } from '@holdfast/core/plugin';
import { parseAge } from './age.js';

/** When a log is synced: never, when a file is left, after each batch, or at most so many milliseconds after a write. */
export type SyncPolicy = 'never' | 'rotate' | 'always' | number;

/** Most that a timer can wait. */
const LONGEST_MS = 2 ** 31 - 1;

/** Throws SHIM_CONFIG_INVALID. */
export function syncOf(text: string): SyncPolicy {
  if (text === 'never' || text === 'rotate' || text === 'always') return text;
  const milliseconds = Number(parseAge(text, 'sync') / 1_000_000n);
  if (milliseconds > 0 && milliseconds <= LONGEST_MS) return milliseconds;
  throw new ShimError(
    'SHIM_CONFIG_INVALID',
    `sync: ${text} is ${milliseconds > 0 ? 'longer than 24 days' : 'no time'}`,
    {
      where: 'options.sync',
      remedy: 'Give never, rotate, always, or a time such as "5s".',
    },
  );
}
