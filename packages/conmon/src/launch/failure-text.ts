import { isShimError } from '@holdfast/core/plugin';

/** What is said on stderr, as conmon says it; a mistake of the caller's in conmon's own words. */
export function failureText(error: unknown): string {
  if (!isShimError(error)) return `[conmon:e]: ${error instanceof Error ? error.message : String(error)}\n`;
  const { code, message, remedy } = error;
  if (code === 'SHIM_USAGE') return `[conmon:e]: ${message}\n`;
  return `[conmon:e]: ${message} (${code})${remedy === undefined ? '' : `\n${remedy}`}\n`;
}
