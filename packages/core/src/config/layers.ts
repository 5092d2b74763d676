import { type ConfigLayer } from './config-layer.js';
import { isObject, valueAt, type ConfigPath } from './config-path.js';
import { fileLayer, namedFileLayer } from './file-layer.js';
import { flagLayer, type ConfigFlags, type FlagLayer } from './flag-layer.js';

/** Where a config comes from. */
export interface ConfigSources {
  /** `--config`; without it the first of `defaultFiles` that exists. */
  readonly file?: string | undefined;
  readonly flags?: ConfigFlags | undefined;
  readonly cwd: string;
  readonly defaultFiles?: readonly string[] | undefined;
}

const DEFAULT_FILES = ['/etc/holdfast/config.json'];

/** All layers, weakest first: the place for further ones (conf.d, a user's file, the environment). */
export async function readLayers(sources: ConfigSources): Promise<{ layers: ConfigLayer[]; flags: FlagLayer }> {
  const flags = flagLayer(sources.flags ?? {}, sources.cwd);
  const file = await readFileLayer(sources);
  return { layers: file === undefined ? [flags] : [file, flags], flags };
}

async function readFileLayer({ file, cwd, defaultFiles }: ConfigSources): Promise<ConfigLayer | undefined> {
  if (file !== undefined) return namedFileLayer(file, cwd);
  for (const each of defaultFiles ?? DEFAULT_FILES) {
    const layer = await fileLayer(each);
    if (layer !== undefined) return layer;
  }
  return undefined;
}

/** One document of all layers, a copy: objects are merged key by key, anything else is replaced whole. */
export function mergeLayers(layers: readonly ConfigLayer[]): unknown {
  return layers.reduce<unknown>((merged, layer) => merge(merged, structuredClone(layer.document)), {});
}

function merge(weak: unknown, strong: unknown): unknown {
  if (!isObject(weak) || !isObject(strong)) return strong;
  const merged = new Map(Object.entries(weak));
  for (const [key, value] of Object.entries(strong))
    merged.set(key, merged.has(key) ? merge(merged.get(key), value) : value);
  return Object.fromEntries(merged);
}

/** The layer whose word counts at `path`, or at the nearest path above it; undefined if all of it is default. */
export function ownerOf(layers: readonly ConfigLayer[], path: ConfigPath): ConfigLayer | undefined {
  for (let length = path.length; length > 0; length--) {
    const prefix = path.slice(0, length);
    const owner = layers.findLast((layer) => valueAt(layer.document, prefix) !== undefined);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

/** What a problem's line starts with, by the layer that has the say there. */
export function subjectOf(layers: readonly ConfigLayer[], path: ConfigPath, at: 'key' | 'value'): string {
  return ownerOf(layers, path)?.subject(path, at) ?? 'default';
}
