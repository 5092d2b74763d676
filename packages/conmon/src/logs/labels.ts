import { OWNERS_ID, OWNERS_NAME } from '@holdfast/core/plugin';
import type { Options } from '../command-line/options.js';

/** What the log drivers, and people who list containers, are told. */
export function labelsOf({ id, name, logLabels }: Options): Record<string, string> {
  const given = logLabels.flatMap((label) => {
    const equals = label.indexOf('=');
    return equals < 1 ? [] : [[label.slice(0, equals), label.slice(equals + 1)] as const];
  });
  return { ...Object.fromEntries(given), [OWNERS_ID]: id, ...(name !== '' && { [OWNERS_NAME]: name }) };
}
