import { PluginScope, type PluginRegistry } from '../plugins/index.js';
import { checkPlugins } from './check-plugins.js';
import { configSchema } from './config-schema.js';
import type { Problem } from './describe-finding.js';
import type { EffectiveConfig } from './effective-config.js';
import { Findings } from './findings.js';
import { mergeLayers, ownerOf, readLayers, subjectOf, type ConfigSources, type ReadLayers } from './layers.js';
import { durationProblems } from './limits.js';
import { queueSizeProblems, recordSizeProblems } from './output-settings.js';
import { LoadedConfig } from './loaded-config.js';
import { readLogFlags } from './read-log-flags.js';
import type { Resolver } from './resolve-plugin.js';
import { soundUses } from './sound-uses.js';
import { findProblems } from './validate.js';
import type { SchemaValidators, Validate } from './validators.js';

/** What {@link loadConfig} needs. */
export interface LoadConfigOptions extends ConfigSources {
  readonly registry: PluginRegistry;
  readonly validators: SchemaValidators;
  /** If there are mistakes, the plugins and their options are checked too, so that theirs come in the same error. */
  readonly thorough?: boolean | undefined;
  /** Called with the warnings of a config that is refused; those of another one are `LoadedConfig.warnings`. */
  readonly onRefused?: ((warnings: readonly string[]) => void) | undefined;
}

/**
 * Reads the config: defaults, files, HOLDFAST_ variables, flags. Rejects with SHIM_CONFIG_NOT_FOUND, _SYNTAX, _AMBIGUOUS,
 * _INSECURE, _INVALID (a line for each problem), SHIM_PERMISSION, SHIM_IO; if log drivers are written as flags, also as
 * `LoadedConfig.container` for them. Options of other plugins are checked by `container` and `check`.
 */
export async function loadConfig(options: LoadConfigOptions): Promise<LoadedConfig> {
  const findings = new Findings();
  const read = await readLayers(options, findings);
  try {
    return await checkLayers(options, read, findings);
  } catch (error) {
    options.onRefused?.(read.warnings);
    throw error;
  }
}

async function checkLayers(options: LoadConfigOptions, read: ReadLayers, findings: Findings): Promise<LoadedConfig> {
  const { layers } = read;
  // What is missing may be in the file that could not be read: then each is looked at by itself alone.
  const complete = !findings.any;
  const validate = await options.validators.validator(configSchema);

  // 1. Check each source by itself: merging could hide a mistake.
  for (const layer of layers) {
    const found = problemsOf(validate, structuredClone(layer.document));
    findings.add(found.map(({ path, at, text }) => `${layer.subject(path, at)}: ${text}`));
  }
  if (!complete) findings.throwIfAny();

  // 2. Merge them and fill in the defaults.
  const config = mergeLayers(layers) as EffectiveConfig;
  const problems = problemsOf(validate, config);
  findings.add(problems.map(({ path, at, text }) => `${subjectOf(layers, path, at)}: ${text}`));
  if (options.thorough !== true) findings.throwIfAny();

  // 3. Know the plugins it names, and read the options in flags by the schemas of their drivers.
  const scope = new PluginScope(options.registry, pluginReferences(config, layers, options.cwd));
  const resolver = { layers, scope, validators: options.validators, cwd: options.cwd };
  const bad = problems.map(({ path }) => path);
  if (read.logs !== undefined) bad.push(...(await readLogFlags(config, read.logs, { resolver, findings })));
  if (findings.any && options.thorough === true) await checkPlugins(resolver, soundUses(config, bad), findings);
  findings.throwIfAny();
  return new LoadedConfig(config, resolver, read);
}

function problemsOf(validate: Validate, document: unknown): Problem[] {
  return [
    ...findProblems(validate, configSchema, document),
    ...durationProblems(document),
    ...recordSizeProblems(document),
    ...queueSizeProblems(document),
  ];
}

function pluginReferences({ plugins }: EffectiveConfig, layers: Resolver['layers'], cwd: string) {
  if (!Array.isArray(plugins)) return [];
  return plugins.map((text, index) => {
    const path = ['plugins', index];
    return { text, directory: ownerOf(layers, path)?.directory ?? cwd, place: subjectOf(layers, path, 'value') };
  });
}
