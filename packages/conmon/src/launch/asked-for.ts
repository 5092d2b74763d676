/** Whether a command line asks for its version, or for help, and for nothing else. */
export function isAskedFor(what: 'version' | 'help', args: readonly string[]): boolean {
  return args.includes(`--${what}`) || (what === 'help' && args.includes('-h'));
}
