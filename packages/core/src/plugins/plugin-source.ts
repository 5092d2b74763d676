import type { ResolvedPlugin } from '../config/container-config.js';
import type { PluginDefinition, PluginKind } from '../plugin/define-plugin.js';

/** Where shimd gets the plugins that a request or a state file names. */
export interface PluginSource {
  /** Loads it, checks it as at the first time, and validates its options. Throws `SHIM_PLUGIN_…` or SHIM_CONFIG_INVALID. */
  load<K extends PluginKind>(kind: K, resolved: ResolvedPlugin): Promise<LoadedDefinition<K>>;
}

/** A definition with options that are valid for it. */
export interface LoadedDefinition<K extends PluginKind> {
  readonly definition: PluginDefinition<K>;
  /** Defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
}
