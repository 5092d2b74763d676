import { isPlugin, PLUGIN_API_VERSION, type PluginDefinition, type PluginKind } from '../plugin/define-plugin.js';
import { ShimError } from '../plugin/shim-error.js';
import { KIND_WORDS, type PluginReference } from './loaded-plugin.js';

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}$/;

/**
 * `value`, the default export of a plugin's module, if it is a plugin that this holdfast can use. Throws
 * SHIM_PLUGIN_INVALID or SHIM_PLUGIN_API_VERSION.
 */
export function checkDefinition(value: unknown, reference: PluginReference): PluginDefinition {
  if (!isPlugin(value)) {
    const found = value === undefined ? 'it has no default export' : `its default export is ${describe(value)}`;
    throw invalid(reference, `${found}, not what definePlugin({ … }) returns`);
  }
  checkApiVersion(value, reference);
  // Plugins may be plain JavaScript: what the types promise is checked here.
  const { kind, name, optionsSchema, create } = value as unknown as Record<string, unknown>;
  if (typeof kind !== 'string' || !Object.hasOwn(KIND_WORDS, kind)) {
    throw invalid(reference, `"kind" is ${describe(kind)}, not one of ${Object.keys(KIND_WORDS).join(', ')}`);
  }
  if (typeof name !== 'string' || !NAME.test(name))
    throw invalid(reference, `"name" is ${describe(name)}, not a short name`);
  if (!isObjectSchema(optionsSchema))
    throw invalid(reference, '"optionsSchema" is not a JSON Schema with "type": "object"');
  if (typeof create !== 'function') throw invalid(reference, `"create" is ${describe(create)}, not a function`);
  return value;
}

/** `definition` if it is of `kind`. Throws SHIM_PLUGIN_INVALID. */
export function checkKind<K extends PluginKind>(
  definition: PluginDefinition,
  kind: K,
  reference: PluginReference,
): PluginDefinition<K> {
  if (definition.kind !== kind)
    throw invalid(reference, `it is a ${KIND_WORDS[definition.kind]}, not a ${KIND_WORDS[kind]}`);
  return definition as unknown as PluginDefinition<K>;
}

function checkApiVersion(plugin: PluginDefinition, reference: PluginReference): void {
  const version: unknown = plugin.apiVersion;
  if (version === PLUGIN_API_VERSION) return;
  if (!Number.isInteger(version)) throw invalid(reference, `"apiVersion" is ${describe(version)}, not a whole number`);
  const newer = (version as number) > PLUGIN_API_VERSION;
  const message =
    `${reference.place}: the plugin "${reference.text}" was made for version ${String(version)} of the plugin API, ` +
    `${newer ? 'newer' : 'older'} than version ${PLUGIN_API_VERSION} of this holdfast`;
  const remedy = newer
    ? 'Upgrade holdfast, or install an older version of the plugin.'
    : 'Install a newer version of the plugin.';
  throw new ShimError('SHIM_PLUGIN_API_VERSION', message, { where: reference.place, remedy });
}

function isObjectSchema(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && (schema as { type?: unknown }).type === 'object';
}

function invalid(reference: PluginReference, what: string): ShimError {
  return new ShimError('SHIM_PLUGIN_INVALID', `${reference.place}: "${reference.text}" is no usable plugin: ${what}`, {
    where: reference.place,
  });
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
