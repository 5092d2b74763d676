import { isAbsolute } from 'node:path';
import { parseArgs } from 'node:util';
import { ShimError } from '@holdfast/core/plugin';

/** What shimd is started with, by the keeper. */
export interface ShimdOptions {
  readonly root: string;
  readonly group: string;
  readonly logLevel: string;
  readonly idleTimeoutMs: number;
  /** Modules that serve beside the HTTP API; absolute. None if left out. */
  readonly frontEnds?: readonly string[];
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
      'front-end': { type: 'string', multiple: true, default: [] },
    },
  });
  const { root, group, 'log-level': logLevel, 'idle-timeout': idle, 'front-end': frontEnds } = values;
  const idleTimeoutMs = Number(idle);
  const timeoutIsValid = Number.isInteger(idleTimeoutMs) && idleTimeoutMs >= 0;
  if (root === undefined || group === undefined || !timeoutIsValid || !frontEnds.every(isAbsolute)) {
    throw new ShimError(
      'SHIM_USAGE',
      'shimd --root DIR --group NAME [--log-level LEVEL] [--idle-timeout MILLISECONDS] [--front-end /MODULE]...',
      {
        remedy: 'shimd is started by the keeper; use shimctl.',
      },
    );
  }
  return { root, group, logLevel, idleTimeoutMs, frontEnds };
}

/** The command line that {@link parseShimdOptions} reads. */
export function shimdArguments(options: ShimdOptions): string[] {
  const { root, group, logLevel } = options;
  return [
    '--root',
    root,
    '--group',
    group,
    '--log-level',
    logLevel,
    ...idleArguments(options),
    ...frontEndArguments(options),
  ];
}

/** What a shimd in the place of this one gets, whoever puts it there: its front ends, and when it leaves them. */
export function keptArguments(options: ShimdOptions): string[] {
  const frontEnds = frontEndArguments(options);
  return frontEnds.length === 0 ? [] : [...idleArguments(options), ...frontEnds];
}

function idleArguments({ idleTimeoutMs }: ShimdOptions): string[] {
  return ['--idle-timeout', String(idleTimeoutMs)];
}

function frontEndArguments({ frontEnds = [] }: ShimdOptions): string[] {
  return frontEnds.flatMap((path) => ['--front-end', path]);
}
