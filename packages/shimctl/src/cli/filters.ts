import { didYouMean } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';

/** Values of each filter: one of them must fit. */
export type Filters<K extends string> = ReadonlyMap<K, readonly string[]>;

/** Reads `--filter KEY=VALUE`, given any number of times. Throws SHIM_USAGE. */
export function parseFilters<K extends string>(texts: readonly string[], keys: readonly K[]): Filters<K> {
  const filters = new Map<K, string[]>();
  for (const text of texts) {
    const end = text.indexOf('=');
    const key = (end === -1 ? text : text.slice(0, end)) as K;
    if (!keys.includes(key)) throw unknownWord('filter', key, keys);
    if (end === -1 || end === text.length - 1) {
      throw new ShimError('SHIM_USAGE', `the filter "${key}" has no value`, {
        where: '--filter',
        remedy: `Give one: --filter ${key}=VALUE.`,
      });
    }
    filters.set(key, [...(filters.get(key) ?? []), text.slice(end + 1)]);
  }
  return filters;
}

/** A word that is none of `known`, with what it may have been meant for. */
export function unknownWord(what: string, word: string, known: readonly string[]): ShimError {
  const shown = JSON.stringify(word.slice(0, 40));
  return new ShimError('SHIM_USAGE', `unknown ${what} ${shown}${didYouMean(word, known)}`, {
    where: '--filter',
    remedy: `There are: ${known.join(', ')}.`,
  });
}

/** Checks that every value of a filter is one of `known`. Throws SHIM_USAGE. */
export function checkValues<K extends string>(filters: Filters<K>, key: K, known: readonly string[]): void {
  const wrong = filters.get(key)?.find((value) => !known.includes(value));
  if (wrong !== undefined) throw unknownWord(key, wrong, known);
}

/** True if there is no such filter or one of its values fits. */
export function passes<K extends string>(filters: Filters<K>, key: K, fits: (value: string) => boolean): boolean {
  return filters.get(key)?.some(fits) ?? true;
}
