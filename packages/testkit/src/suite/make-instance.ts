import { checkOptions, LazyValidators } from '@holdfast/core/config';
import type { PluginDefinition, PluginKind, PluginKinds } from '@holdfast/core/plugin';

const validators = new LazyValidators();

/** Makes an instance as the host does: the options are checked by the plugin's schema and get its defaults. */
export async function makeInstance<K extends PluginKind>(
  definition: PluginDefinition<K>,
  context: PluginKinds[K]['context'],
  options: object = {},
): Promise<PluginKinds[K]['instance']> {
  return definition.create(context, await checkedOptions(definition, options));
}

/** `options` with the defaults of the schema. Throws an error with all problems. */
export async function checkedOptions(definition: unknown, options: object): Promise<Record<string, unknown>> {
  const checked = await checkOptions(definition as PluginDefinition, { ...options }, validators);
  if (checked.problems.length === 0) return checked.options;
  const lines = checked.problems.map(({ path, text }) => `options.${path.join('.')}: ${text}`);
  throw new Error(`the options do not fit the plugin's schema:\n${lines.join('\n')}`);
}

/** Those of `names` that `instance` does not have. */
export function absentMethods(instance: object, names: readonly string[]): string[] {
  return names.filter((name) => !(name in instance));
}
