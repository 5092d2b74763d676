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

/** The lines that are shown: each once, and of very many the first. */
export function firstOf(lines: readonly string[]): string[] {
  const unique = [...new Set(lines)];
  const shown = unique.slice(0, MAX_PROBLEMS);
  if (unique.length > shown.length) shown.push(`and ${unique.length - shown.length} more`);
  return shown;
}

/** Throws SHIM_CONFIG_INVALID with a line for each of `lines`; does nothing if there is none. */
export function throwIfAny(lines: readonly string[]): void {
  const [first] = lines;
  if (first === undefined) return;
  throw new ShimError('SHIM_CONFIG_INVALID', firstOf(lines).join('\n'), { where: first.split(': ')[0] ?? '' });
}
