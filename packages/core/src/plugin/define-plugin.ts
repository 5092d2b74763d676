import type { JSONSchema, Options } from './json-schema.js';
import type { LogDriver } from './log-driver.js';
import type { LogDriverContext, RuntimeContext } from './plugin-context.js';
import type { Runtime } from './runtime.js';

/** The plugin API that this version of holdfast speaks. */
export const PLUGIN_API_VERSION = 1;

/** Kinds of plugin: what `create` gets and what it makes. */
export interface PluginKinds {
  runtime: { context: RuntimeContext; instance: Runtime };
  'log-driver': { context: LogDriverContext; instance: LogDriver };
}

/** A name under which the config can choose a plugin. */
export type PluginKind = keyof PluginKinds;

/** A plugin: one object, the default export of its module. */
export interface PluginDefinition<K extends PluginKind = PluginKind, S extends JSONSchema = JSONSchema> {
  readonly kind: K;
  /** Short name, unique in its kind: `runc`, `file`, … */
  readonly name: string;
  /** {@link PLUGIN_API_VERSION} that the plugin was written for. */
  readonly apiVersion: 1;
  /** Schema of the plugin's `options`, an object schema; give it `additionalProperties: false` and `default`s. */
  readonly optionsSchema: S;
  /** Only stores; work happens in the instance's methods. `options` are valid and have their defaults. */
  create(context: PluginKinds[K]['context'], options: Options<S>): PluginKinds[K]['instance'];
}

/** Marks definitions, since plugin and shim may hold two copies of this module. */
const BRAND = Symbol.for('holdfast.plugin');

/**
 * Makes a plugin: `export default definePlugin({ kind: 'log-driver', name: 'mine', … })`. Its options are typed by the schema for
 * the author's sake; the host checks them by it before `create`, and knows the definition without it.
 */
export function definePlugin<K extends PluginKind, const S extends JSONSchema>(
  definition: PluginDefinition<K, S>,
): PluginDefinition<K> {
  return Object.freeze(Object.defineProperty({ ...definition }, BRAND, { value: true }));
}

/** True for what {@link definePlugin} of any copy of this module made. */
export function isPlugin(value: unknown): value is PluginDefinition {
  return typeof value === 'object' && value !== null && BRAND in value;
}
