/** Longest message taken, as systemd's own bound; STATUS is a line for people. */
export const MAX_MESSAGE_BYTES = 4096;
const MAX_STATUS = 1024;
const NUMBER = /^[0-9]{1,20}$/;

/** What a container may say of its unit. MAINPID, FDSTORE, BARRIER, NOTIFYACCESS and the like are not its to say. */
const ALLOWED: Readonly<Record<string, (value: string) => boolean>> = {
  READY: isOne,
  RELOADING: isOne,
  STOPPING: isOne,
  STATUS: (value) => value.length <= MAX_STATUS && isPrintable(value),
  ERRNO: (value) => NUMBER.test(value),
  WATCHDOG: (value) => isOne(value) || value === 'trigger',
  MONOTONIC_USEC: (value) => NUMBER.test(value),
  EXTEND_TIMEOUT_USEC: (value) => NUMBER.test(value),
};

/** The lines of an untrusted message that may be passed on; undefined if none may. */
export function filterNotification(bytes: Uint8Array): string | undefined {
  if (bytes.length > MAX_MESSAGE_BYTES) return undefined;
  const lines = decode(bytes).split('\n');
  const kept = lines.filter((line) => {
    const equals = line.indexOf('=');
    const name = line.slice(0, Math.max(0, equals));
    return Object.hasOwn(ALLOWED, name) && ALLOWED[name]?.(line.slice(equals + 1)) === true;
  });
  return kept.length === 0 ? undefined : kept.join('\n');
}

/** Whether a filtered message has the line READY=1. */
export function saysReady(message: string): boolean {
  return message.split('\n').includes('READY=1');
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return '';
  }
}

function isOne(value: string): boolean {
  return value === '1';
}

function isPrintable(value: string): boolean {
  return !/\p{Cc}/u.test(value);
}
