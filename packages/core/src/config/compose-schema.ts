import type { PluginKind } from '../plugin/define-plugin.js';
import type { JSONSchema } from '../plugin/json-schema.js';
import { isObject } from './config-path.js';
import { configSchema } from './config-schema.js';

/** A plugin whose options go into the composed schema. */
export interface ComposedPlugin {
  readonly kind: PluginKind;
  /** The name that a config uses for it. */
  readonly name: string;
  readonly optionsSchema: JSONSchema;
}

type Schema = Readonly<Record<string, unknown>>;

/**
 * The schema of the whole config, the options of `plugins` at their places: for editors, and for other tools. It accepts
 * what `loadConfig` and `LoadedConfig.check` accept of these plugins.
 */
export function composeSchema(plugins: readonly ComposedPlugin[]): Record<string, unknown> {
  const runtimes = plugins.filter(({ kind }) => kind === 'runtime');
  const drivers = plugins.filter(({ kind }) => kind === 'log-driver');
  const properties = configSchema.properties;
  const entry = allOf(
    properties.runtimes.additionalProperties,
    runtimes.map((plugin) => ifThen({ properties: { plugin: { const: plugin.name } }, required: ['plugin'] }, plugin)),
  );
  const item = allOf(
    properties.logs.items,
    drivers.map((plugin) => ifThen({ properties: { driver: { const: plugin.name } }, required: ['driver'] }, plugin)),
  );
  return {
    ...configSchema,
    properties: {
      ...properties,
      runtime: { ...properties.runtime, examples: runtimes.map(({ name }) => name) },
      runtimes: {
        ...properties.runtimes,
        properties: entriesNamedForPlugin(runtimes),
        additionalProperties: ref('runtime'),
      },
      logs: { ...properties.logs, items: ref('log') },
    },
    $defs: {
      runtime: entry,
      log: item,
      ...Object.fromEntries(plugins.map((plugin) => [key(plugin), embedded(plugin)])),
    },
  };
}

/** An entry without "plugin" means the plugin that its key names. */
function entriesNamedForPlugin(runtimes: readonly ComposedPlugin[]): Schema {
  const entries = runtimes.map((plugin) => {
    const named = ifThen({ not: { required: ['plugin'] } }, plugin);
    return [plugin.name, { allOf: [ref('runtime'), named] }] as const;
  });
  return Object.fromEntries(entries);
}

function ifThen(condition: Schema, plugin: ComposedPlugin): Schema {
  const options = { properties: { options: { $ref: target(plugin) } } };
  return { if: condition, then: requiredOf(plugin).length > 0 ? { ...options, required: ['options'] } : options };
}

function allOf(schema: Schema, conditions: readonly Schema[]): Schema {
  return conditions.length === 0 ? schema : { ...schema, allOf: conditions };
}

/** A schema with references of its own needs an id, so that they start from it and not from the whole. */
function embedded(plugin: ComposedPlugin): Schema {
  const schema = without(toObject(plugin.optionsSchema), '$schema');
  const withRequired = { ...schema, required: requiredOf(plugin) };
  return hasReferences(schema) ? { ...withRequired, $id: id(plugin) } : withRequired;
}

/** What a config must say: a key with a default may be missing, though the plugin can rely on it. */
function requiredOf({ optionsSchema }: ComposedPlugin): string[] {
  const { required, properties } = toObject(optionsSchema);
  if (!Array.isArray(required)) return [];
  return required.map(String).filter((name) => {
    const option = isObject(properties) ? properties[name] : undefined;
    return !(isObject(option) && 'default' in option);
  });
}

function hasReferences(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(hasReferences);
  return isObject(schema) && ('$ref' in schema || Object.values(schema).some(hasReferences));
}

function target(plugin: ComposedPlugin): string {
  return hasReferences(plugin.optionsSchema)
    ? id(plugin)
    : `#/$defs/${encodeURIComponent(key(plugin)).replaceAll('~', '~0')}`;
}

function id(plugin: ComposedPlugin): string {
  return `urn:holdfast:${plugin.kind}:${encodeURIComponent(plugin.name)}`;
}

function key({ kind, name }: ComposedPlugin): string {
  return `${kind}:${name.replaceAll('/', ':')}`;
}

function ref(name: string): Schema {
  return { $ref: `#/$defs/${name}` };
}

function without(schema: Schema, key: string): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([each]) => each !== key));
}

function toObject(schema: JSONSchema): Schema {
  return isObject(schema) ? schema : {};
}
