/** The example is plain JavaScript and has no declarations of its own. */
declare module '*/log-counter.mjs' {
  import type { PluginDefinition } from '@holdfast/core/plugin';
  const plugin: PluginDefinition<'log-driver'>;
  export default plugin;
}
