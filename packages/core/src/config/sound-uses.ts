import type { PluginKind } from '../plugin/define-plugin.js';
import { isObject, valueAt, type ConfigPath } from './config-path.js';
import type { EffectiveConfig } from './effective-config.js';
import { everyUse } from './plugin-uses.js';
import type { PluginUse } from './resolve-plugin.js';

/** The uses of plugins in a config that nothing at the `bad` paths bears on: for the others a second complaint would only follow. */
export function soundUses(config: EffectiveConfig, bad: readonly ConfigPath[]): PluginUse<PluginKind>[] {
  // A plugin that is not found may be one of those.
  if (bad.some((path) => path[0] === 'plugins')) return [];
  if (!isObject(config)) return [];
  const sound = {
    ...config,
    runtime: typeof config.runtime === 'string' ? config.runtime : '',
    runtimes: isObject(config.runtimes) ? entriesOf(config.runtimes) : {},
    logs: Array.isArray(config.logs) ? config.logs.map((entry) => (isObject(entry) ? entry : { driver: '' })) : [],
  };
  // The chosen one may be among those that can't be read.
  const all = bad.some((path) => path.length === 1 && path[0] === 'runtimes') ? [...bad, ['runtime']] : bad;
  return everyUse(sound).filter(({ path }) => !all.some((each) => overlap(each, entryPath(path))));
}

function entriesOf(runtimes: EffectiveConfig['runtimes']): EffectiveConfig['runtimes'] {
  const entries = Object.keys(runtimes).map((name) => {
    const entry = valueAt(runtimes, [name]);
    return [name, isObject(entry) ? entry : {}] as const;
  });
  return Object.fromEntries(entries);
}

/** `logs[0]`, `runtimes.NAME` or `runtime`. */
function entryPath(path: ConfigPath): ConfigPath {
  return path.slice(0, 2);
}

function overlap(one: ConfigPath, other: ConfigPath): boolean {
  const length = Math.min(one.length, other.length);
  return one.slice(0, length).every((part, index) => part === other[index]);
}
