import type { PluginDefinition, Runtime, RuntimeContext } from '@holdfast/core/plugin';

/** The part of an options schema that the tests read. */
export interface ReadableSchema {
  readonly properties: Readonly<Record<string, { readonly default?: unknown; readonly description?: string }>>;
  readonly required?: readonly string[];
  readonly additionalProperties: boolean;
}

/** A runtime plugin whose options a test need not know. */
export interface ReadablePlugin {
  readonly name: string;
  readonly optionsSchema: ReadableSchema;
  create(context: RuntimeContext, options: never): Runtime;
}

/** Any runtime plugin in the form that the tests read. */
export function readable(plugin: unknown): ReadablePlugin {
  return plugin as ReadablePlugin & PluginDefinition<'runtime'>;
}

/** Makes the plugin's runtime as the host does: the options get the defaults of the schema. */
export function createRuntime(plugin: unknown, context: RuntimeContext, options: object = {}): Runtime {
  const definition = readable(plugin);
  const defaults = Object.entries(definition.optionsSchema.properties)
    .filter(([, property]) => property.default !== undefined)
    .map(([name, property]) => [name, property.default] as const);
  return definition.create(context, { ...Object.fromEntries(defaults), ...options } as never);
}
