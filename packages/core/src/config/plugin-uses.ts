import type { PluginKind } from '../plugin/define-plugin.js';
import { valueAt } from './config-path.js';
import type { EffectiveConfig } from './effective-config.js';
import type { PluginUse } from './resolve-plugin.js';

/** The use of an entry of "runtimes". */
export function runtimeEntryUse({ runtimes }: EffectiveConfig, name: string): PluginUse<'runtime'> {
  const entry = valueAt(runtimes, [name]) as { plugin?: string; options?: Record<string, unknown> };
  return {
    kind: 'runtime',
    text: entry.plugin ?? name,
    path: entry.plugin === undefined ? ['runtimes', name] : ['runtimes', name, 'plugin'],
    optionsPath: ['runtimes', name, 'options'],
    options: entry.options ?? {},
    alsoKnown: Object.keys(runtimes).filter((each) => each !== name),
  };
}

/** The use of the runtime that the config chose: a key of "runtimes" or, failing that, a plugin. */
export function chosenRuntimeUse(config: EffectiveConfig): PluginUse<'runtime'> {
  const { runtime, runtimes } = config;
  if (Object.hasOwn(runtimes, runtime)) return runtimeEntryUse(config, runtime);
  return { kind: 'runtime', text: runtime, path: ['runtime'], options: {}, alsoKnown: Object.keys(runtimes) };
}

/** The uses of "logs", in order. */
export function logUses({ logs }: EffectiveConfig): PluginUse<'log-driver'>[] {
  return logs.map(({ driver, options, queue }, index) => ({
    kind: 'log-driver',
    text: driver,
    path: ['logs', index, 'driver'],
    optionsPath: ['logs', index, 'options'],
    options: options ?? {},
    ...(queue !== undefined && { queuePath: ['logs', index, 'queue'] }),
  }));
}

/** Every use of a config once: the chosen runtime, the other entries of "runtimes", "logs". */
export function everyUse(config: EffectiveConfig): PluginUse<PluginKind>[] {
  const { runtime, runtimes } = config;
  const others = Object.keys(runtimes).filter((name) => name !== runtime);
  return [chosenRuntimeUse(config), ...others.map((name) => runtimeEntryUse(config, name)), ...logUses(config)];
}
