import type { ConfigLayer } from './config-layer.js';
import { formatPath, isObject, type ConfigPath } from './config-path.js';
import { isDeepStrictEqual } from 'node:util';

/** A setting that two sources give different values. */
export interface Override {
  /** Such as `limits.stopTimeout`. */
  readonly path: string;
  /** Whose value counts: `FILE:LINE`, `env HOLDFAST_ROOT`, `flag --root`. */
  readonly by: string;
  /** Whose does not. */
  readonly over: string;
}

/** What stronger layers override in weaker ones; `layers` are the weakest first. */
export function overridesIn(layers: readonly ConfigLayer[]): Override[] {
  return layers.flatMap((weak, index) => {
    const stronger = layers.slice(index + 1).reverse();
    const seen = new Set<string>();
    return stronger.flatMap((strong) =>
      [...differences(weak.document, strong.document, [])].flatMap((path) => {
        const text = formatPath(path);
        if (seen.has(text)) return [];
        seen.add(text);
        return [{ path: text, by: strong.origin(path), over: weak.origin(path) }];
      }),
    );
  });
}

/** Where both have a value, and the stronger one replaces a different one. */
function* differences(weak: unknown, strong: unknown, path: ConfigPath): Generator<ConfigPath> {
  if (!isObject(weak) || !isObject(strong)) {
    if (!isDeepStrictEqual(weak, strong)) yield path;
    return;
  }
  for (const [key, value] of Object.entries(strong))
    if (Object.hasOwn(weak, key) && key !== '$schema') yield* differences(weak[key], value, [...path, key]);
}
