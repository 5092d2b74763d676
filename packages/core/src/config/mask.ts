import { pathOfPointer, valueAt } from './config-path.js';
import { HIDDEN } from './secrets.js';

/** A copy of a text without the secrets in it. */
export type Mask = (text: string) => string;

/** Less is part of ordinary words. */
const SHORTEST = 4;

/** The mask of what stands at the pointers in `options`; undefined if nothing does that is long enough to be told from other words. */
export function maskOf(options: Readonly<Record<string, unknown>>, pointers: readonly string[]): Mask | undefined {
  const values = pointers.flatMap((pointer) => [...textsIn(valueAt(options, pathOfPointer(options, pointer)))]);
  // As a driver quotes a value, too. Of two that begin alike the longer one goes first.
  const forms = values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]);
  const texts = [...new Set(forms)].filter(({ length }) => length >= SHORTEST).sort((a, b) => b.length - a.length);
  if (texts.length === 0) return undefined;
  return (text) => texts.reduce((masked, secret) => masked.replaceAll(secret, HIDDEN), text);
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'number') yield String(value);
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) yield* textsIn(part);
}
