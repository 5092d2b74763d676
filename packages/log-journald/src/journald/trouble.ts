import { ShimError, type ErrorCode } from '@holdfast/core/plugin';
import { codeOf, messageOf } from '../system-error.js';
import { journaldPaths } from './paths.js';

/** What a kind of system error says about journald, and what to do. `unit`: its name without `.service`. */
interface Trouble {
  readonly codes: readonly string[];
  readonly what: string;
  readonly remedy: (unit: string) => string;
}

const TROUBLES: readonly Trouble[] = [
  {
    codes: ['ENOENT'],
    what: 'is not there',
    remedy: (unit) => `Start it (systemctl start ${unit}.socket), or use another log driver, such as --log file.`,
  },
  {
    codes: ['ECONNREFUSED', 'ECONNRESET', 'ENOTCONN', 'EPIPE'],
    what: 'has gone: nobody listens',
    remedy: (unit) =>
      `Start it again (systemctl restart ${unit}.socket ${unit}), or use another log driver, such as --log file.`,
  },
  {
    codes: ['EACCES', 'EPERM'],
    what: 'may not be reached',
    remedy: () => 'Run the shim as root, and let it write to the socket (its mode; SELinux, AppArmor).',
  },
  {
    codes: ['EAGAIN', 'ENOBUFS'],
    what: 'takes no records: its queue is full',
    remedy: (unit) =>
      `See why it is slow or stopped (systemctl status ${unit}); limits.logTimeout says how long to wait.`,
  },
];
const OTHER: Trouble = {
  codes: [],
  what: 'fails',
  remedy: (unit) => `See whether it works (systemctl status ${unit}, journalctl -u ${unit}).`,
};

/** Where a journald was needed: its namespace (undefined: the system's), and the code for what could not be done. */
export interface JournaldCall {
  readonly code: ErrorCode;
  readonly namespace: string | undefined;
}

/** Of a journald that is full, or not there now. */
const PASSING = new Set(['EAGAIN', 'ENOBUFS', 'ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'ENOTCONN', 'EPIPE']);

/** Whether what failed may work later. */
export function mayPass(cause: unknown): boolean {
  return PASSING.has(codeOf(cause) ?? '');
}

/** The error of a call to journald, from the system's: one table for opening, writing and flushing. */
export function journaldError(cause: unknown, { code, namespace }: JournaldCall): ShimError {
  const { socket } = journaldPaths(namespace);
  const unit = namespace === undefined ? 'systemd-journald' : `systemd-journald@${namespace}`;
  const { what, remedy } = TROUBLES.find(({ codes }) => codes.includes(codeOf(cause) ?? '')) ?? OTHER;
  return new ShimError(code, `journald at ${socket} ${what}: ${messageOf(cause)}`, {
    where: socket,
    remedy: remedy(unit),
    cause,
  });
}
