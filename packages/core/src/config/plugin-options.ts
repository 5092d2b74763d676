import type { PluginDefinition } from '../plugin/define-plugin.js';
import { ShimError } from '../plugin/shim-error.js';
import type { Problem } from './describe-finding.js';
import { findProblems } from './validate.js';
import type { SchemaValidators } from './validators.js';

/** Options with their defaults, and what is wrong with them; problems' paths start inside the options. */
export interface CheckedOptions {
  readonly options: Record<string, unknown>;
  readonly problems: readonly Problem[];
}

/** Checks a copy of `given` by the plugin's own schema. Rejects with SHIM_PLUGIN_INVALID if the schema itself is wrong. */
export async function checkOptions(
  { name, optionsSchema }: PluginDefinition,
  given: Readonly<Record<string, unknown>>,
  validators: SchemaValidators,
): Promise<CheckedOptions> {
  const validate = await validators.validator(optionsSchema).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ShimError(
      'SHIM_PLUGIN_INVALID',
      `the optionsSchema of the plugin "${name}" is no valid JSON Schema: ${why}`,
      {
        where: name,
        remedy: "Report it to the plugin's author.",
        cause,
      },
    );
  });
  const options = structuredClone(given);
  return { options, problems: findProblems(validate, optionsSchema, options) };
}
