import { PluginScope, type PluginRegistry } from '../plugins/index.js';
import { coerceOptions } from './coerce-options.js';
import { configSchema } from './config-schema.js';
import type { EffectiveConfig } from './effective-config.js';
import { mergeLayers, ownerOf, readLayers, subjectOf, type ConfigSources } from './layers.js';
import { durationProblems } from './limits.js';
import type { LogFlagLayer } from './log-flag-layer.js';
import { LoadedConfig } from './loaded-config.js';
import { logUses } from './plugin-uses.js';
import { findPlugin, type Resolver } from './resolve-plugin.js';
import { findProblems, throwIfAny } from './validate.js';
import type { SchemaValidators, Validate } from './validators.js';

/** What {@link loadConfig} needs. */
export interface LoadConfigOptions extends ConfigSources {
  readonly registry: PluginRegistry;
  readonly validators: SchemaValidators;
}

/**
 * Reads the config: defaults, files, HOLDFAST_ variables, flags. Rejects with SHIM_CONFIG_NOT_FOUND, _SYNTAX, _AMBIGUOUS,
 * _INSECURE, _INVALID (a line for each problem), SHIM_PERMISSION, SHIM_IO; if log drivers are written as flags, also as
 * `LoadedConfig.container` for them. Options of other plugins are checked by `container` and `check`.
 */
export async function loadConfig(options: LoadConfigOptions): Promise<LoadedConfig> {
  // 1. Read every source, and check each by itself: merging could hide a mistake.
  const read = await readLayers(options);
  const { layers } = read;
  const validate = await options.validators.validator(configSchema);
  throwIfAny(
    layers.flatMap((layer) =>
      linesOf(validate, structuredClone(layer.document), (path, at) => layer.subject(path, at)),
    ),
  );

  // 2. Merge them and fill in the defaults.
  const config = mergeLayers(layers) as EffectiveConfig;
  throwIfAny(linesOf(validate, config, (path, at) => subjectOf(layers, path, at)));
  throwIfAny(durationProblems(config).map(({ path, at, text }) => `${subjectOf(layers, path, at)}: ${text}`));

  // 3. Know the plugins it names, and read the options in flags by the schemas of their drivers.
  const scope = new PluginScope(options.registry, pluginReferences(config, layers, options.cwd));
  const resolver = { layers, scope, validators: options.validators, cwd: options.cwd };
  if (read.logs !== undefined) await readLogFlags(config, read.logs, resolver);
  return new LoadedConfig(config, resolver, read);
}

function linesOf(validate: Validate, document: unknown, subject: LogFlagLayer['subject']): string[] {
  const problems = findProblems(validate, configSchema, document);
  return problems.map(({ path, at, text }) => `${subject(path, at)}: ${text}`);
}

function pluginReferences({ plugins }: EffectiveConfig, layers: Resolver['layers'], cwd: string) {
  return plugins.map((text, index) => {
    const path = ['plugins', index];
    return { text, directory: ownerOf(layers, path)?.directory ?? cwd, place: subjectOf(layers, path, 'value') };
  });
}

async function readLogFlags(config: EffectiveConfig, flags: LogFlagLayer, resolver: Resolver): Promise<void> {
  const lines: string[] = [];
  const logs: EffectiveConfig['logs'] = [];
  for (const [index, use] of logUses(config).entries()) {
    const flag = flags.logFlags[index];
    if (flag === undefined) continue;
    const { definition } = await findPlugin(resolver, use);
    const { options, problems } = coerceOptions(flag, definition.optionsSchema);
    lines.push(...problems.map((problem) => `${flags.subject(['logs', index], 'value')} ${problem}`));
    logs.push({ driver: use.text, options });
  }
  throwIfAny(lines);
  config.logs = logs;
}
