import { ShimError } from '../plugin/shim-error.js';
import { checkDefinition } from './check-definition.js';
import { checkOwnership } from './check-ownership.js';
import { explainLoad } from './explain-load.js';
import { defaultExport, importWithin } from './import-within.js';
import type { LoadedPlugin, PluginReference } from './loaded-plugin.js';
import { versionOf } from './package-json.js';

/**
 * Loads the plugin in the file `path`. Throws SHIM_PLUGIN_NOT_FOUND, _INSECURE, _LOAD (it threw, or was not done after
 * `timeoutMs`), _INVALID or _API_VERSION.
 */
export async function loadPlugin(path: string, reference: PluginReference, timeoutMs: number): Promise<LoadedPlugin> {
  const realPath = await checkOwnership(path, reference);
  const module = await importModule(realPath, reference, timeoutMs);
  const definition = checkDefinition(defaultExport(module), reference);
  return { definition, path: realPath, version: await versionOf(realPath) };
}

async function importModule(path: string, reference: PluginReference, timeoutMs: number): Promise<object> {
  try {
    return await importWithin(path, timeoutMs);
  } catch (cause) {
    const { why, remedy } = explainLoad(cause, path);
    throw new ShimError('SHIM_PLUGIN_LOAD', `${reference.place}: can't load the plugin "${reference.text}": ${why}`, {
      where: path,
      remedy,
      cause,
    });
  }
}
