import type { ResolvedPlugin } from '../config/container-config.js';
import { formatPath } from '../config/config-path.js';
import { checkOptions } from '../config/plugin-options.js';
import type { SchemaValidators } from '../config/validators.js';
import type { PluginKind } from '../plugin/define-plugin.js';
import { ShimError } from '../plugin/shim-error.js';
import { KnownSecrets } from './known-secrets.js';
import type { PluginRegistry } from './plugin-registry.js';
import type { LoadedDefinition, PluginSource } from './plugin-source.js';

/** Plugins from the registry; their options are checked again, since a request may come from anywhere. */
export class CheckedPluginSource implements PluginSource {
  constructor(
    private readonly registry: PluginRegistry,
    private readonly validators: SchemaValidators,
    private readonly secrets = new KnownSecrets(),
  ) {}

  async load<K extends PluginKind>(kind: K, resolved: ResolvedPlugin): Promise<LoadedDefinition<K>> {
    const definition = await this.registry.definitionOf(resolved, kind, 'config');
    this.secrets.learn(definition, resolved.options);
    const { options, problems } = await checkOptions(definition, resolved.options, this.validators);
    if (problems.length === 0) return { definition, options };
    const lines = problems.map((problem) => `${definition.name}.${formatPath(problem.path)}: ${problem.text}`);
    throw new ShimError('SHIM_CONFIG_INVALID', lines.join('\n'), { where: `options of plugin ${definition.name}` });
  }
}
