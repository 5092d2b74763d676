import { ShimError } from '../../plugin/shim-error.js';
import type { StreamName } from '../../plugin/log-batch.js';

/** What a target's text means. */
export type ForwardTarget =
  | { readonly kind: 'fifo'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'program';
      /** The text itself: two streams with the same one share a process. */
      readonly uri: string;
      readonly argv: readonly string[];
      /** It writes a byte when it is ready; else it only closes the descriptor. */
      readonly saysReady: boolean;
    };

/** Which of a process's three it is about. */
export type StdioName = StreamName | 'stdin';

/** Throws SHIM_INVALID_ARGUMENT. */
export function parseTarget(text: string, name: StdioName): ForwardTarget {
  if (text.includes('\0')) throw invalid(name, 'holds a NUL');
  if (text.startsWith('/')) return { kind: 'fifo', path: text };
  const url = parse(text, name);
  const path = decode(url.pathname, name);
  if (url.host !== '' || !path.startsWith('/') || path === '/')
    throw invalid(name, `names no absolute path: ${shown(text)}`);
  const scheme = url.protocol.slice(0, -1);
  if (scheme === 'fifo') return { kind: 'fifo', path };
  if (name === 'stdin') throw invalid(name, `must be a FIFO: ${shown(text)}`);
  if (scheme === 'file') return { kind: 'file', path };
  if (scheme !== 'binary' && scheme !== 'binary-v2')
    throw invalid(name, `has a scheme that is not known: ${shown(text)}`);
  const argv = [path, ...[...url.searchParams].flat()];
  if (argv.some((argument) => argument.includes('\0'))) throw invalid(name, 'holds a NUL');
  return { kind: 'program', uri: text, argv, saysReady: scheme === 'binary-v2' };
}

function parse(text: string, name: StdioName): URL {
  if (URL.canParse(text)) return new URL(text);
  throw invalid(name, `is neither an absolute path nor a URI: ${shown(text)}`);
}

function decode(path: string, name: StdioName): string {
  try {
    const decoded = decodeURIComponent(path);
    if (!decoded.includes('\0')) return decoded;
  } catch {
    // Said below.
  }
  throw invalid(name, `names no path: ${shown(path)}`);
}

function invalid(name: StdioName, words: string): ShimError {
  return new ShimError('SHIM_INVALID_ARGUMENT', `forward.${name} ${words}`, {
    where: `forward.${name}`,
    remedy: 'Name a FIFO, by its absolute path or fifo://PATH; an output also by file://PATH or binary://PROGRAM.',
  });
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
