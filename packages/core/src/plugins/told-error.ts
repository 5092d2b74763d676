import type { Mask } from '../config/mask.js';
import type { ErrorCode } from '../plugin/error-codes.js';
import { isShimError, ShimError } from '../plugin/shim-error.js';
import { boundedText } from './bounded-text.js';
import { readMember, wordsOf } from './read-member.js';

/** Causes of causes beyond this are left out. */
const DEEPEST = 4;
/** What system errors and log drivers add. */
const FACTS = ['code', 'errno', 'syscall', 'path', 'lost', 'retry'] as const;

/**
 * What a plugin threw, read once: an error of our own with its words, each of bounded length and without secrets, with what is known of
 * system errors and of {@link LogWriteFailure}, and with its causes. A plugin may throw anything, such as an error that says something else
 * each time it is looked at. A {@link ShimError} stays one, unless it says that holdfast has a bug.
 */
export function toldError(thrown: unknown, mask?: Mask, depth = 0): Error {
  const tell = (text: string): string => boundedText(mask === undefined ? text : mask(text));
  if ((typeof thrown !== 'object' && typeof thrown !== 'function') || thrown === null)
    return new Error(tell(wordsOf(thrown)));
  const text = (name: string): string | undefined => {
    const value = readMember(thrown, name);
    return typeof value === 'string' ? tell(value) : undefined;
  };
  const cause = readMember(thrown, 'cause');
  const more = cause === undefined || depth >= DEEPEST ? {} : { cause: toldError(cause, mask, depth + 1) };
  const message = text('message') ?? tell(isErrorLike(thrown) ? 'an error without message' : wordsOf(thrown));
  const code = codeOf(thrown);
  const error =
    code === undefined ? new Error(message, more) : new ShimError(code, message, { ...more, ...toDo(text) });
  if (code === undefined) setHidden(error, 'name', text('name') ?? 'Error');
  setHidden(error, 'stack', text('stack') ?? `${error.name}: ${message}`);
  return Object.assign(error, code === undefined ? {} : { code }, factsOf(thrown, tell, code === undefined));
}

function isErrorLike(thrown: object): boolean {
  return typeof readMember(thrown, 'stack') === 'string';
}

function toDo(text: (name: string) => string | undefined): { where?: string; remedy?: string } {
  const where = text('where');
  const remedy = text('remedy');
  return { ...(where !== undefined && { where }), ...(remedy !== undefined && { remedy }) };
}

/** Undefined: it is none of ours. */
function codeOf(thrown: object): ErrorCode | undefined {
  try {
    return isShimError(thrown) && thrown.code !== 'SHIM_INTERNAL' ? thrown.code : undefined;
  } catch {
    return undefined;
  }
}

function factsOf(thrown: object, tell: (text: string) => string, withCode: boolean): Record<string, unknown> {
  const facts: Record<string, unknown> = {};
  for (const name of FACTS) {
    const value = readMember(thrown, name);
    if (name === 'code' && (!withCode || value === 'SHIM_INTERNAL')) continue;
    if (typeof value === 'string') facts[name] = tell(value);
    else if (typeof value === 'number' || typeof value === 'boolean') facts[name] = value;
  }
  return facts;
}

function setHidden(error: Error, name: string, value: string): void {
  Object.defineProperty(error, name, { value, enumerable: false, configurable: true, writable: true });
}
