import { isAbsolute, resolve } from 'node:path';
import type { ResolvedPlugin } from '../config/container-config.js';
import type { PluginDefinition, PluginKind } from '../plugin/define-plugin.js';
import { ShimError } from '../plugin/shim-error.js';
import { checkKind } from './check-definition.js';
import { loadPlugin } from './load-plugin.js';
import type { BuiltInPlugin, LoadedPlugin, PluginReference } from './loaded-plugin.js';
import { resolvePackage } from './resolve-package.js';
import { unknownName } from './unknown-name.js';

/** What is not the same for every program that loads plugins. */
export interface PluginRegistryOptions {
  /** Further directories to look packages up from, such as that of the installation itself. */
  readonly packageDirectories?: readonly string[];
  /** Longest time that a plugin's module may take to load, in milliseconds. */
  readonly loadTimeoutMs?: number;
}

/** Finds plugins: the built-in ones in a static table, others on disk. */
export class PluginRegistry {
  readonly #packageDirectories: readonly string[];
  readonly #loadTimeoutMs: number;

  constructor(
    readonly builtIns: readonly BuiltInPlugin[],
    options: PluginRegistryOptions = {},
  ) {
    this.#packageDirectories = options.packageDirectories ?? [];
    this.#loadTimeoutMs = options.loadTimeoutMs ?? 10_000;
  }

  /** The built-in plugin of that short name. */
  builtIn<K extends PluginKind>(kind: K, name: string): LoadedPlugin<K> | undefined {
    const found = this.builtIns.find((each) => each.kind === kind && each.name === name);
    if (found === undefined) return undefined;
    return { definition: found.definition as unknown as PluginDefinition<K>, path: null, version: found.version };
  }

  /**
   * Loads a plugin by path or package, or resolves to undefined if there is no such package. Rejects with
   * SHIM_PLUGIN_NOT_FOUND (no such file), _INSECURE, _LOAD, _INVALID or _API_VERSION.
   */
  async load(reference: PluginReference): Promise<LoadedPlugin | undefined> {
    const path = isPath(reference.text) ? resolve(reference.directory, reference.text) : await this.#package(reference);
    return path === undefined ? undefined : loadPlugin(path, reference, this.#loadTimeoutMs);
  }

  /**
   * The definition that a state file or a request names, under the same checks as when it was first resolved. `place` is
   * for errors. Rejects as {@link load}, with SHIM_RUNTIME_UNKNOWN or SHIM_LOG_DRIVER_UNKNOWN for a built-in that this
   * version of holdfast does not have.
   */
  async definitionOf<K extends PluginKind>(
    plugin: ResolvedPlugin,
    kind: K,
    place: string,
  ): Promise<PluginDefinition<K>> {
    const text = plugin.path ?? plugin.plugin;
    const reference = { text, directory: '/', place };
    if (plugin.path === null) {
      const found = this.builtIn(kind, plugin.plugin);
      if (found !== undefined) return found.definition;
      throw unknownName({ kind, reference, known: this.names(kind), failures: [] });
    }
    if (!isAbsolute(plugin.path)) {
      const message = `${place}: the path of the plugin "${plugin.plugin}" is not absolute: ${plugin.path.slice(0, 200)}`;
      throw new ShimError('SHIM_PLUGIN_NOT_FOUND', message, { where: place });
    }
    const { definition } = await loadPlugin(plugin.path, reference, this.#loadTimeoutMs);
    if (definition.name !== plugin.plugin) {
      const message = `${place}: ${plugin.path} holds the plugin "${definition.name}" now, not "${plugin.plugin}"`;
      throw new ShimError('SHIM_PLUGIN_INVALID', message, { where: plugin.path });
    }
    return checkKind<K>(definition, kind, reference);
  }

  /** Short names of the built-in plugins of a kind. */
  names(kind: PluginKind): string[] {
    return this.builtIns.filter((each) => each.kind === kind).map((each) => each.name);
  }

  async #package(reference: PluginReference): Promise<string | undefined> {
    for (const directory of [reference.directory, ...this.#packageDirectories]) {
      const path = await resolvePackage({ ...reference, directory });
      if (path !== undefined) return path;
    }
    return undefined;
  }
}

/** True for a reference that is a path and neither a short name nor a package. */
export function isPath(text: string): boolean {
  return /^\.{0,2}\//.test(text);
}
