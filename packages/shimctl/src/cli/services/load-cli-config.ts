import {
  composeSchema,
  formatPath,
  LazyValidators,
  loadConfig,
  parseDuration,
  type LoadConfigOptions,
  type LoadedConfig,
} from '@holdfast/core/config';
import { PluginRegistry, type BuiltInPlugin, type LoadedPlugin } from '@holdfast/core/plugins';
import { CONFIG_VALIDATORS } from '../../precompiled-config.js';
import type { CliConfig, ConfigRequest, ConfigSetting } from '../services.js';

/** Where the config is read. */
export interface ConfigSurroundings extends Pick<LoadConfigOptions, 'environment' | 'onRefused'> {
  /** Finds its plugins; one that finds all if left out. */
  readonly registry?: PluginRegistry;
}

/** Reads the config as the command line asks for it. Rejects as the core's `loadConfig`. */
export async function loadCliConfig(
  { file, cwd, thorough, ...flags }: ConfigRequest,
  builtIns: readonly BuiltInPlugin[],
  { registry = new PluginRegistry(builtIns), ...around }: ConfigSurroundings = {},
): Promise<CliConfig> {
  const validators = new LazyValidators(CONFIG_VALIDATORS);
  const loaded = await loadConfig({ ...around, file, cwd, flags, registry, validators, thorough });
  const { root, logRoot, namespace, group, detachKeys, shim } = loaded.config;
  return {
    root,
    logRoot,
    logs: loaded.config.logs,
    namespace,
    group,
    detachKeys,
    shim: { logLevel: shim.logLevel, idleTimeoutMs: durationOf(shim.idleTimeout) },
    get settings() {
      return settingsOf(loaded.config, loaded.origins);
    },
    shownSettings: async () => settingsOf(await loaded.shown(), loaded.origins),
    files: loaded.files,
    get overrides() {
      return loaded.overrides;
    },
    get warnings() {
      return loaded.warnings;
    },
    runtimes: () => loaded.runtimes(),
    plugins: () => loaded.plugins(),
    container: (ref) => loaded.container(ref),
    validate: () => loaded.check(),
    schema: () => schemaOf(loaded, registry),
  };
}

/** `loadConfig` has checked it. */
function durationOf(text: string): number {
  return parseDuration(text) as number;
}

type Path = readonly (string | number)[];

function settingsOf(config: LoadedConfig['config'], origins: LoadedConfig['origins']): ConfigSetting[] {
  return [...leaves(config, [])].map(([at, value]) => {
    const path = formatPath(at);
    return { path, value, origin: origins.get(path) ?? 'default' };
  });
}

/** The settings that hold no others; an empty array or object is one too. */
function* leaves(value: unknown, path: Path): Generator<[Path, unknown]> {
  const parts: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(typeof value === 'object' && value !== null ? value : {});
  if (parts.length === 0) yield [path, value];
  for (const [key, part] of parts) yield* leaves(part, [...path, key]);
}

async function schemaOf({ pluginReferences }: LoadedConfig, registry: PluginRegistry): Promise<object> {
  const configured: (LoadedPlugin | undefined)[] = [];
  for (const reference of pluginReferences) configured.push(await registry.load(reference));
  return schemaWith([...registry.builtIns, ...configured].flatMap((plugin) => (plugin ? [plugin.definition] : [])));
}

/** The schema of a config that can name these plugins. */
export function schemaWith(definitions: readonly LoadedPlugin['definition'][]): object {
  return composeSchema(definitions.map(({ kind, name, optionsSchema }) => ({ kind, name, optionsSchema })));
}
