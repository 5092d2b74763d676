import type { PluginDefinition, PluginKind } from '../plugin/define-plugin.js';
import { asShimError, ShimError } from '../plugin/shim-error.js';
import { checkKind } from './check-definition.js';
import type { BuiltInPlugin, LoadedPlugin, PluginReference } from './loaded-plugin.js';
import { isPath, type PluginRegistry } from './plugin-registry.js';
import { unknownName } from './unknown-name.js';

/** The package of a specifier such as `@acme/log/more`. */
const PACKAGE = /^(?:@[\w~-][\w.~-]*\/)?[\w~-][\w.~-]*(?=\/|$)/;

/**
 * The plugins that one config can name: the built-in ones, those of its "plugins", and any by path or package. Those of
 * "plugins" are loaded when a name is asked for that is not built in; one that fails does no harm until then.
 */
export class PluginScope {
  readonly #registry: PluginRegistry;
  readonly #failures: ShimError[] = [];
  readonly #warnings: string[] = [];
  #loading: Promise<readonly LoadedPlugin[]> | undefined;

  /** `references` are the entries of "plugins". */
  constructor(
    registry: PluginRegistry,
    readonly references: readonly PluginReference[],
  ) {
    this.#registry = registry;
  }

  /** What went wrong without harm so far, a line each. */
  get warnings(): readonly string[] {
    return [...this.#failures.map((failure) => failure.message), ...this.#warnings];
  }

  /** The plugins of "plugins" that can be loaded. */
  configured(): Promise<readonly LoadedPlugin[]> {
    return (this.#loading ??= this.#loadAll());
  }

  get builtIns(): readonly BuiltInPlugin[] {
    return this.#registry.builtIns;
  }

  /** One entry of "plugins". Rejects as `PluginRegistry.load`, or with SHIM_PLUGIN_NOT_FOUND if there is no such package. */
  async load(reference: PluginReference): Promise<LoadedPlugin> {
    const plugin = await this.#registry.load(reference);
    if (plugin === undefined) throw notInstalled(reference);
    return plugin;
  }

  /** Every plugin that has a short name here. */
  async named(): Promise<PluginDefinition[]> {
    const configured = (await this.configured()).map(({ definition }) => definition);
    return [...this.#registry.builtIns.map(({ definition }) => definition), ...configured];
  }

  /**
   * Finds a plugin by short name, path or package. Rejects as `PluginRegistry.load`, or with SHIM_RUNTIME_UNKNOWN or
   * SHIM_LOG_DRIVER_UNKNOWN; `alsoKnown` are names that error should list beside those of plugins.
   */
  async find<K extends PluginKind>(
    kind: K,
    reference: PluginReference,
    alsoKnown: readonly string[] = [],
  ): Promise<LoadedPlugin<K>> {
    const short = isPath(reference.text) ? undefined : await this.#byShortName(kind, reference.text);
    if (short !== undefined) return short;
    const loaded = await this.#registry.load(reference);
    if (loaded !== undefined) return { ...loaded, definition: checkKind<K>(loaded.definition, kind, reference) };
    if (/^@|\//.test(reference.text)) throw notInstalled(reference);
    const configured = (await this.configured()).filter((each) => each.definition.kind === kind);
    const names = [...alsoKnown, ...this.#registry.names(kind), ...configured.map((each) => each.definition.name)];
    throw unknownName({ kind, reference, known: [...new Set(names)], failures: this.#failures });
  }

  async #byShortName<K extends PluginKind>(kind: K, name: string): Promise<LoadedPlugin<K> | undefined> {
    const builtIn = this.#registry.builtIn(kind, name);
    if (builtIn !== undefined) return builtIn;
    const found = (await this.configured()).find(
      (each) => each.definition.kind === kind && each.definition.name === name,
    );
    return found as unknown as LoadedPlugin<K> | undefined;
  }

  async #loadAll(): Promise<readonly LoadedPlugin[]> {
    const loaded: LoadedPlugin[] = [];
    for (const reference of this.references) {
      try {
        const plugin = await this.load(reference);
        this.#warnIfHidden(plugin, loaded, reference);
        loaded.push(plugin);
      } catch (error) {
        this.#failures.push(asShimError(error, 'SHIM_PLUGIN_LOAD', reference.place));
      }
    }
    return loaded;
  }

  #warnIfHidden({ definition }: LoadedPlugin, before: readonly LoadedPlugin[], { place, text }: PluginReference): void {
    const { kind, name } = definition;
    const builtIn = this.#registry.builtIn(kind, name) !== undefined;
    if (!builtIn && !before.some((each) => each.definition.kind === kind && each.definition.name === name)) return;
    const other = builtIn ? 'a built-in plugin' : 'a plugin before it';
    this.#warnings.push(`${place}: "${name}" means ${other}; name this one "${text}" where you want it`);
  }
}

function notInstalled({ place, text, directory }: PluginReference): ShimError {
  const message = `${place}: there is no package "${text.slice(0, 100)}" in node_modules of ${directory} or above it`;
  const remedy = `Install it (npm install ${packageName(text)} in ${directory}) or correct the name; a file is named by its path: "./plugin.mjs".`;
  return new ShimError('SHIM_PLUGIN_NOT_FOUND', message, { where: place, remedy });
}

function packageName(text: string): string {
  return PACKAGE.exec(text)?.[0] ?? 'PACKAGE';
}
