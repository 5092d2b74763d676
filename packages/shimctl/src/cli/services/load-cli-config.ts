import { composeSchema, formatPath, LazyValidators, loadConfig, type LoadedConfig } from '@holdfast/core/config';
import { PluginRegistry, type BuiltInPlugin } from '@holdfast/core/plugins';
import type { CliConfig, ConfigRequest, ConfigSetting } from '../services.js';

/** Reads the config as the command line asks for it. Rejects as the core's `loadConfig`. */
export async function loadCliConfig(
  { file, cwd, ...flags }: ConfigRequest,
  builtIns: readonly BuiltInPlugin[],
): Promise<CliConfig> {
  const registry = new PluginRegistry(builtIns);
  const loaded = await loadConfig({ file, cwd, flags, registry, validators: new LazyValidators() });
  const { root, namespace, group } = loaded.config;
  return {
    root,
    namespace,
    group,
    get settings() {
      return settingsOf(loaded);
    },
    get warnings() {
      return loaded.warnings;
    },
    container: (ref) => loaded.container(ref),
    validate: () => loaded.check(),
    schema: () => Promise.resolve(schemaOf(builtIns)),
  };
}

type Path = readonly (string | number)[];

function settingsOf({ config, origins }: LoadedConfig): ConfigSetting[] {
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

function schemaOf(builtIns: readonly BuiltInPlugin[]): object {
  return composeSchema(
    builtIns.map(({ kind, name, definition }) => ({ kind, name, optionsSchema: definition.optionsSchema })),
  );
}
