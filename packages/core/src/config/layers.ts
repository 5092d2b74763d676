import { asShimError } from '../plugin/shim-error.js';
import { type ConfigLayer } from './config-layer.js';
import { isObject, valueAt, type ConfigPath } from './config-path.js';
import type { ConfigPlace } from './config-place.js';
import { envLayer } from './env-layer.js';
import { unknownVariables } from './env-names.js';
import { fileLayer, namedFileLayer } from './file-layer.js';
import type { Findings } from './findings.js';
import { findPlaces, type PlaceSources } from './find-places.js';
import { flagLayer, type ConfigFlags } from './flag-layer.js';
import type { LogFlagLayer } from './log-flag-layer.js';

/** Where a config comes from. */
export interface ConfigSources extends PlaceSources {
  readonly flags?: ConfigFlags | undefined;
}

/** What the sources hold. */
export interface ReadLayers {
  /** Weakest first. */
  readonly layers: readonly ConfigLayer[];
  /** The layer whose log drivers count, if they are written as flags are. */
  readonly logs: LogFlagLayer | undefined;
  /** The files that were read, weakest first. */
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

/** Reads all layers. A file that can't be used goes into `findings`. */
export async function readLayers(sources: ConfigSources, findings: Findings): Promise<ReadLayers> {
  const { cwd, environment = {} } = sources;
  const places = await findPlaces(sources);
  const read = await findings.gather(places.map((place) => placeLayer(place, sources)));
  const files = read.filter((layer) => layer !== undefined);
  const flagged = [envLayer(environment, cwd), flagLayer(sources.flags ?? {}, cwd)];
  return {
    layers: [...files, ...flagged],
    logs: flagged.findLast(({ logFlags }) => logFlags.length > 0),
    files: places.filter(({ state }) => state === 'used').map(({ path }) => path),
    warnings: [...places.flatMap(warningOf), ...unknownVariables(environment)],
  };
}

/** The layer of a place; undefined if there is nothing to read. Rejects with what is wrong with it. */
export async function placeLayer(
  place: ConfigPlace,
  sources: Pick<ConfigSources, 'file' | 'cwd'>,
): Promise<ConfigLayer | undefined> {
  if (place.error !== undefined) throw place.error;
  if (place.state !== 'used') return undefined;
  if (place.kind !== 'named') return fileLayer(place.path);
  return namedFileLayer(sources.file ?? place.path, sources.cwd);
}

/**
 * As `findPlaces`, and each file that would be used is read: one that is not there or can't be parsed is refused, with why. Its settings are not
 * checked. Never rejects.
 */
export async function readPlaces(sources: PlaceSources): Promise<ConfigPlace[]> {
  const places = await findPlaces(sources);
  return Promise.all(
    places.map(async (place): Promise<ConfigPlace> => {
      if (place.state !== 'used') return place;
      try {
        await placeLayer(place, sources);
        return place;
      } catch (error) {
        return { kind: place.kind, path: place.path, state: 'refused', error: asShimError(error) };
      }
    }),
  );
}

function warningOf({ path, state, why }: ConfigPlace): string[] {
  if (why === undefined || state === 'replaced') return [];
  return [state === 'ignored' ? `${path}: this config file is not read: ${why}` : `${path}: ${why}`];
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
