import { ShimError } from '../plugin/shim-error.js';

/** What an identifier names. */
export type IdentifierOf = 'container id' | 'namespace' | 'group' | 'exec id' | 'kind of launcher';

const PATTERN = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}$/;

/**
 * `text` if it can be an id, namespace, group or exec id: it becomes a directory name, a cgroup name and an argument of
 * the runtime. Throws SHIM_INVALID_ID, the text quoted and bounded.
 */
export function checkIdentifier(text: string, what: IdentifierOf): string {
  if (PATTERN.test(text)) return text;
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  throw new ShimError('SHIM_INVALID_ID', `${shown} is not a valid ${what}`, { where: what });
}

/** True if `text` passes {@link checkIdentifier}. */
export function isIdentifier(text: string): boolean {
  return PATTERN.test(text);
}
