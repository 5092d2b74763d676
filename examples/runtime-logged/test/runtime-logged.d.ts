/** The example is plain JavaScript and has no declarations of its own. */
declare module '*/runtime-logged.mjs' {
  import type { PluginDefinition } from '@holdfast/core/plugin';
  const plugin: PluginDefinition<'runtime'>;
  export default plugin;
}
