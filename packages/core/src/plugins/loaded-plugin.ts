import type { PluginDefinition, PluginKind } from '../plugin/define-plugin.js';

/** A plugin that the composition root brings along; nothing is looked up on disk for it. */
export interface BuiltInPlugin {
  readonly kind: PluginKind;
  readonly name: string;
  readonly definition: PluginDefinition;
  readonly version: string;
}

/** A plugin found and checked: only `create` is left to do. */
export interface LoadedPlugin<K extends PluginKind = PluginKind> {
  readonly definition: PluginDefinition<K>;
  /** Absolute path of its module, symbolic links resolved; null for a built-in. */
  readonly path: string | null;
  readonly version: string;
}

/** How a config, a flag or a state file names a plugin. */
export interface PluginReference {
  /** A short name, a path (starts with `./`, `../` or `/`) or a package. */
  readonly text: string;
  /** Absolute directory that a path is relative to and a package is looked up from. */
  readonly directory: string;
  /** Where it stands, for errors: `FILE:LINE:COL logs[0].driver`, `--runtime NAME`. */
  readonly place: string;
}

/** What errors call a kind. */
export const KIND_WORDS: Readonly<Record<PluginKind, string>> = { runtime: 'runtime', 'log-driver': 'log driver' };
