import type { PluginKind } from '../plugin/define-plugin.js';
import type { EffectiveConfig } from './effective-config.js';
import { logUses, runtimeEntryUse } from './plugin-uses.js';
import { findPlugin, type PluginUse, type Resolver } from './resolve-plugin.js';
import { hideSecrets } from './secrets.js';

/** A copy of the config with the secrets in its options hidden; all options of a plugin that can't be found are. */
export async function hideOptions(config: EffectiveConfig, resolver: Resolver): Promise<EffectiveConfig> {
  const hide = async (use: PluginUse<PluginKind>): Promise<Record<string, unknown>> => {
    if (Object.keys(use.options).length === 0) return {};
    const found = await findPlugin(resolver, use).catch(() => undefined);
    return hideSecrets(found?.definition.optionsSchema, use.options) as Record<string, unknown>;
  };
  const runtimes = Object.entries(config.runtimes).map(async ([name, entry]) => {
    const { options } = entry;
    return [name, { ...entry, ...(options && { options: await hide(runtimeEntryUse(config, name)) }) }] as const;
  });
  const uses = logUses(config);
  const logs = config.logs.map(async (entry, index) => {
    const use = uses[index];
    return { ...entry, ...(entry.options && use && { options: await hide(use) }) };
  });
  return { ...config, runtimes: Object.fromEntries(await Promise.all(runtimes)), logs: await Promise.all(logs) };
}
