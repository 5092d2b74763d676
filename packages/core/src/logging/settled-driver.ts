import type { LogDriver } from '../plugin/log-driver.js';
import { toldError } from '../plugins/told-error.js';

type Call = () => unknown;

/** How the answer of each method is taken. */
const ANSWERS: Readonly<Record<string, (call: Call) => unknown>> = {
  write: lent,
  gap: lent,
  open: done,
  flush: done,
  reopen: done,
  close: async (call) => ({ lost: countIn('close', 'lost', await answer(call)) }),
  direct: async (call) => {
    const moved = await answer(call);
    return { records: countIn('direct', 'records', moved), bytes: countIn('direct', 'bytes', moved) };
  },
};

/**
 * A driver as its contract says, whatever a third party made of it: what it returns is waited for if it can be, and is a count where one is
 * due; what it throws is an error of ours, read once.
 */
export function settledDriver(driver: LogDriver): LogDriver {
  return new Proxy({} as LogDriver, {
    has: (_target, name) => name in driver,
    get(_target, name): unknown {
      const member = memberOf(driver, name);
      if (name === 'local') return member === true;
      if (name === 'batchRecords') return isCount(member) && member > 0 ? member : undefined;
      if (typeof member !== 'function') return undefined;
      const take = ANSWERS[String(name)];
      if (take === undefined) return member.bind(driver) as unknown;
      return (...args: unknown[]) => take(() => Reflect.apply(member, driver, args) as unknown);
    },
  });
}

function memberOf(driver: LogDriver, name: PropertyKey): unknown {
  try {
    return Reflect.get(driver, name, driver) as unknown;
  } catch {
    return undefined;
  }
}

/** Undefined if it was done at once. */
function lent(call: Call): void | Promise<void> {
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    throw toldError(error);
  }
  return result === undefined ? undefined : done(() => result);
}

async function done(call: Call): Promise<void> {
  await answer(call);
}

async function answer(call: Call): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    throw toldError(error);
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function countIn(method: string, name: string, answered: unknown): number {
  const count: unknown =
    typeof answered === 'object' && answered !== null ? (Reflect.get(answered, name) as unknown) : answered;
  if (isCount(count)) return count;
  throw new TypeError(`${method} gave ${typeof count} as "${name}", which is no count`);
}
