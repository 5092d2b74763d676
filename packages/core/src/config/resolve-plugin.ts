import type { LoadedPlugin, PluginScope } from '../plugins/index.js';
import type { PluginDefinition, PluginKind } from '../plugin/define-plugin.js';
import type { ConfigLayer } from './config-layer.js';
import type { ConfigPath } from './config-path.js';
import { formatPath } from './config-path.js';
import type { ResolvedPlugin } from './container-config.js';
import type { Problem } from './describe-finding.js';
import { ownerOf, subjectOf } from './layers.js';
import { checkOptions } from './plugin-options.js';
import { secretsIn } from './secrets.js';
import type { SchemaValidators } from './validators.js';

/** What plugins of one config are resolved with. */
export interface Resolver {
  readonly layers: readonly ConfigLayer[];
  readonly scope: PluginScope;
  readonly validators: SchemaValidators;
  readonly cwd: string;
}

/** A use of a plugin in a config. */
export interface PluginUse<K extends PluginKind> {
  readonly kind: K;
  readonly text: string;
  /** Where the name stands. */
  readonly path: ConfigPath;
  /** Where its options stand, or would; undefined where there is no place for any. */
  readonly optionsPath?: ConfigPath | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  readonly alsoKnown?: readonly string[];
  /** Where the settings of its queue stand; undefined: nowhere. */
  readonly queuePath?: ConfigPath | undefined;
}

/** Finds the plugin of a use. Rejects as `PluginScope.find`. */
export function findPlugin<K extends PluginKind>(resolver: Resolver, use: PluginUse<K>): Promise<LoadedPlugin<K>> {
  const directory = ownerOf(resolver.layers, use.path)?.directory ?? resolver.cwd;
  const place = subjectOf(resolver.layers, use.path, 'value');
  return resolver.scope.find(use.kind, { text: use.text, directory, place }, use.alsoKnown);
}

/** A plugin, and what is wrong with its options, a line each. */
export interface PluginResolution {
  readonly definition: PluginDefinition;
  readonly plugin: ResolvedPlugin;
  readonly lines: readonly string[];
}

/** Finds the plugin and checks its options. Rejects as {@link findPlugin}. */
export async function resolvePlugin(resolver: Resolver, use: PluginUse<PluginKind>): Promise<PluginResolution> {
  const { definition, path, version } = await findPlugin(resolver, use);
  const { options, problems } = await checkOptions(definition, use.options, resolver.validators);
  const lines = problems.map((problem) => `${optionSubject(resolver, use, problem)}: ${problem.text}`);
  const secrets = secretsIn(definition.optionsSchema, options);
  const plugin = { plugin: definition.name, path, version, options, ...(secrets.length > 0 && { secrets }) };
  return { definition, plugin, lines };
}

/** What a line about an option starts with; `path` starts inside the options. */
export function optionSubject(
  { layers }: Resolver,
  use: PluginUse<PluginKind>,
  { path, at }: Pick<Problem, 'path' | 'at'>,
): string {
  if (use.optionsPath !== undefined) return subjectOf(layers, [...use.optionsPath, ...path], at);
  const inside = path.length === 0 ? '' : ` ${formatPath(path)}`;
  return `${subjectOf(layers, use.path, 'value')}: options of "${use.text}"${inside}`;
}
