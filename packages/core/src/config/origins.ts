import type { ConfigLayer } from './config-layer.js';
import { formatPath, isObject, valueAt, type ConfigPath } from './config-path.js';

/** Where each setting of `config` comes from: `FILE:LINE`, `flag --root` or `default`, by its dotted path. */
export function originsOf(config: unknown, layers: readonly ConfigLayer[]): Map<string, string> {
  const origins = new Map<string, string>();
  for (const path of leaves(config, [])) {
    const owner = layers.findLast((layer) => valueAt(layer.document, path) !== undefined);
    origins.set(formatPath(path), owner?.origin(path) ?? 'default');
  }
  return origins;
}

/** Paths of the settings that hold no others; an empty array or object is one too. */
function* leaves(value: unknown, path: ConfigPath): Generator<ConfigPath> {
  const parts: (string | number)[] = Array.isArray(value)
    ? [...value.keys()]
    : isObject(value)
      ? Object.keys(value)
      : [];
  if (parts.length === 0 && path.length > 0) yield path;
  for (const part of parts) yield* leaves(valueAt(value, [part]), [...path, part]);
}
