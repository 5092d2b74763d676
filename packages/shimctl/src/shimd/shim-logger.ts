import { printable, type KnownSecrets } from '@holdfast/core';
import { pino, type DestinationStream, type Logger } from 'pino';
import { logDestination } from './log-destination.js';

const STDOUT = 1;

/**
 * The log of shimd. What plugins throw and say goes there too: each text is of bounded length, without the secrets that are known, and nothing is
 * asked of an object but what it holds.
 */
export function shimLogger(
  level: string,
  { mask }: KnownSecrets,
  target: DestinationStream = logDestination(STDOUT),
): Logger {
  const print = (value: unknown): unknown => printable(value, mask);
  return pino(
    {
      level,
      base: { pid: process.pid },
      // What is there is plain by then; pino's own would take a document with a message for an error.
      serializers: { err: (err: unknown) => err },
      hooks: {
        logMethod(args, method) {
          const shown = args.map((each: unknown) => print(each instanceof Error ? { err: each } : each));
          method.apply(this, shown as typeof args);
        },
      },
    },
    target,
  );
}
