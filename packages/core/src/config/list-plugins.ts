import type { PluginDefinition, PluginKind } from '../plugin/define-plugin.js';
import { asShimError, type ErrorDocument } from '../plugin/shim-error.js';
import { isPath, packageOf, type LoadedPlugin, type PluginReference } from '../plugins/index.js';
import type { EffectiveConfig } from './effective-config.js';
import { chosenRuntimeUse, logUses, runtimeEntryUse } from './plugin-uses.js';
import { findPlugin, type Resolver } from './resolve-plugin.js';

/** A plugin that a config can use, or names without success. */
export interface ConfiguredPlugin {
  /** Short name; as written in the config if it can't be loaded. */
  readonly name: string;
  /** Null if it can't be loaded and the config does not tell. */
  readonly kind: PluginKind | null;
  readonly source: 'built-in' | 'package' | 'path';
  readonly version: string | null;
  readonly apiVersion: number | null;
  /** Absolute path of its module; null for a built-in. */
  readonly path: string | null;
  /** The npm package that its module is part of. */
  readonly package: string | null;
  /** Where the config names it. */
  readonly place: string | null;
  readonly optionsSchema: PluginDefinition['optionsSchema'] | null;
  readonly error: ErrorDocument | null;
}

/** Built-in plugins, those of "plugins", and those that "runtimes" and "logs" name. Never rejects for one that can't be loaded. */
export async function listPlugins(config: EffectiveConfig, resolver: Resolver): Promise<ConfiguredPlugin[]> {
  const { builtIns, references } = resolver.scope;
  const found: ConfiguredPlugin[] = [];
  for (const { definition, version } of builtIns) {
    found.push(await describe({ definition, version, path: null }, undefined));
  }
  for (const reference of references) found.push(await attempt(reference, null, () => resolver.scope.load(reference)));
  const entries = Object.keys(config.runtimes).map((name) => runtimeEntryUse(config, name));
  for (const use of [chosenRuntimeUse(config), ...entries, ...logUses(config)]) {
    const reference = { text: use.text, directory: '', place: '' };
    found.push(await attempt(reference, use.kind, () => findPlugin(resolver, use)));
  }
  return withoutDoubles(found);
}

async function attempt(
  reference: PluginReference,
  kind: PluginKind | null,
  load: () => Promise<LoadedPlugin>,
): Promise<ConfiguredPlugin> {
  try {
    return await describe(await load(), reference);
  } catch (error) {
    const shown = asShimError(error, 'SHIM_PLUGIN_LOAD', reference.place).toJSON();
    return {
      name: reference.text,
      kind,
      source: sourceOf(reference),
      version: null,
      apiVersion: null,
      path: null,
      package: null,
      place: reference.place === '' ? (shown.where ?? null) : reference.place,
      optionsSchema: null,
      error: shown,
    };
  }
}

async function describe(
  { definition, version, path }: LoadedPlugin,
  reference: PluginReference | undefined,
): Promise<ConfiguredPlugin> {
  const { name, kind, apiVersion, optionsSchema } = definition;
  return {
    name,
    kind,
    source: path === null || reference === undefined ? 'built-in' : sourceOf(reference),
    version,
    apiVersion,
    path,
    package: path === null ? null : ((await packageOf(path)) ?? null),
    place: reference === undefined || reference.place === '' ? null : reference.place,
    optionsSchema,
    error: null,
  };
}

function sourceOf({ text }: PluginReference): 'package' | 'path' {
  return isPath(text) ? 'path' : 'package';
}

/** The first of those that are the same module, or the same failure. */
function withoutDoubles(plugins: readonly ConfiguredPlugin[]): ConfiguredPlugin[] {
  const known = new Set<string>();
  return plugins.filter(({ name, kind, path, error }) => {
    const key = error === null ? `${kind} ${name} ${path}` : `failed ${name}`;
    return !known.has(key) && known.add(key) !== undefined;
  });
}
