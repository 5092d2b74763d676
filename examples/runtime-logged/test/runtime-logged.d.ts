/** The example is plain JavaScript and has no declarations of its own. */
declare module '*/runtime-logged.mjs' {
  const plugin: unknown;
  export default plugin;
}
