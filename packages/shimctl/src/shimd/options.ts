import { parseArgs } from 'node:util';
import { ShimError } from '@holdfast/core/plugin';

/** What shimd is started with, by the keeper. */
export interface ShimdOptions {
  readonly root: string;
  readonly group: string;
  readonly logLevel: string;
  readonly idleTimeoutMs: number;
}

/** Throws SHIM_USAGE. */
export function parseShimdOptions(args: readonly string[]): ShimdOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      root: { type: 'string' },
      group: { type: 'string' },
      'log-level': { type: 'string', default: 'info' },
      'idle-timeout': { type: 'string', default: '2000' },
    },
  });
  const { root, group, 'log-level': logLevel, 'idle-timeout': idle } = values;
  const idleTimeoutMs = Number(idle);
  if (root === undefined || group === undefined || !Number.isInteger(idleTimeoutMs) || idleTimeoutMs < 0) {
    throw new ShimError(
      'SHIM_USAGE',
      'shimd --root DIR --group NAME [--log-level LEVEL] [--idle-timeout MILLISECONDS]',
      {
        remedy: 'shimd is started by the keeper; use shimctl.',
      },
    );
  }
  return { root, group, logLevel, idleTimeoutMs };
}

/** The command line that {@link parseShimdOptions} reads. */
export function shimdArguments(options: ShimdOptions): string[] {
  const { root, group, logLevel, idleTimeoutMs } = options;
  return ['--root', root, '--group', group, '--log-level', logLevel, '--idle-timeout', String(idleTimeoutMs)];
}
