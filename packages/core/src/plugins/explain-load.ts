import { dirname } from 'node:path';

/** Why a plugin's module could not be loaded, and what to do about it. */
export interface LoadFailure {
  readonly why: string;
  readonly remedy: string;
}

/** The module at `path` is there, or nobody would have loaded it: what Node does not find is something that it imports. */
export function explainLoad(cause: unknown, path: string): LoadFailure {
  // A CommonJS module's message goes on with the stack of require.
  const why = (cause instanceof Error ? cause.message : String(cause)).replace(/\nRequire stack:[^]*$/, '');
  const { code } = (cause ?? {}) as { code?: unknown };
  const byHand = `node -e 'import("${path}")'`;
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND')
    return { why, remedy: `Load the plugin by hand: ${byHand}.` };
  const missing = /^Cannot find (?:package|module) '([^']+)'/.exec(why)?.[1];
  const said = `the plugin is there, but something that it imports is not: ${why}`;
  if (missing === undefined || /^(\.{0,2}\/|[a-z]+:)/.test(missing))
    return { why: said, remedy: `Correct the import, or put the file there; try it with ${byHand}.` };
  return { why: said, remedy: `Install what it imports: npm install ${packageOf(missing)} in ${dirname(path)}.` };
}

/** `@acme/log` of `@acme/log/more`. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
