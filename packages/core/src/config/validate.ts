import type { JSONSchema } from '../plugin/json-schema.js';
import { ShimError } from '../plugin/shim-error.js';
import { describeFinding, type Problem } from './describe-finding.js';
import type { Validate } from './validators.js';

/** More than anyone reads at once. */
const MAX_PROBLEMS = 50;

/** Everything that `validate`, the validator of `schema`, finds wrong with `data`; fills defaults into `data`. */
export function findProblems(validate: Validate, schema: JSONSchema, data: unknown): Problem[] {
  if (validate(data)) return [];
  const found = (validate.errors ?? []).map((finding) => describeFinding(finding, schema, data));
  return found.filter((problem) => problem !== undefined);
}

/** Throws SHIM_CONFIG_INVALID with a line for each of `lines`; does nothing if there is none. */
export function throwIfAny(lines: readonly string[]): void {
  const unique = [...new Set(lines)];
  if (unique.length === 0) return;
  const shown = unique.slice(0, MAX_PROBLEMS);
  if (unique.length > shown.length) shown.push(`and ${unique.length - shown.length} more`);
  const where = unique[0]?.split(': ')[0];
  throw new ShimError('SHIM_CONFIG_INVALID', shown.join('\n'), where === undefined ? {} : { where });
}
