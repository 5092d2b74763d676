/** Finding, checking and loading plugins. */
export { checkDefinition } from './check-definition.js';
export { checkOwnership } from './check-ownership.js';
export { KIND_WORDS } from './loaded-plugin.js';
export type { BuiltInPlugin, LoadedPlugin, PluginReference } from './loaded-plugin.js';
export { maskedError, maskedInstance, maskFor } from './masked-plugin.js';
export { pluginFailure } from './plugin-failure.js';
export { packageOf } from './package-json.js';
export { isPath, PluginRegistry } from './plugin-registry.js';
export type { PluginRegistryOptions } from './plugin-registry.js';
export { PluginScope } from './plugin-scope.js';
