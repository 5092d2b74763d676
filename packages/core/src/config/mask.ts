import { pathOfPointer, valueAt } from './config-path.js';
import { HIDDEN } from './secrets.js';

/** A copy of a text without the secrets in it. */
export type Mask = (text: string) => string;

/** Less is part of ordinary words. */
const SHORTEST = 4;

/** The mask of what stands at the pointers in `options`; undefined if nothing does that is long enough to be told from other words. */
export function maskOf(options: Readonly<Record<string, unknown>>, pointers: readonly string[]): Mask | undefined {
  return maskTexts(secretTexts(options, pointers));
}

/** What stands there, also as a driver quotes it. */
export function secretTexts(options: Readonly<Record<string, unknown>>, pointers: readonly string[]): string[] {
  const values = pointers.flatMap((pointer) => [...textsIn(valueAt(options, pathOfPointer(options, pointer)))]);
  const forms = values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]);
  return [...new Set(forms)].filter(({ length }) => length >= SHORTEST);
}

/** Undefined if there is none. */
export function maskTexts(secrets: readonly string[]): Mask | undefined {
  // Of two that begin alike the longer one goes first.
  const texts = [...secrets].sort((a, b) => b.length - a.length);
  if (texts.length === 0) return undefined;
  return (text) => texts.reduce((masked, secret) => masked.replaceAll(secret, HIDDEN), text);
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'number') yield String(value);
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) yield* textsIn(part);
}
