import { posix } from 'node:path';

/** mount(2) copies a page, with its NUL. */
const MOST_BYTES = 4095;
const LOWER = 'lowerdir=';

/** Options of an overlay, with the directory that its lower layers are relative to; empty: none. */
export interface OverlayOptions {
  readonly data: string;
  readonly directory: string;
}

/** The options in one text. Those of an overlay with so many layers that they don't fit are shortened by what their paths share. */
export function joinOptions(type: string, options: readonly string[]): OverlayOptions {
  const data = options.join(',');
  const lower = options.find((option) => option.startsWith(LOWER));
  if (type !== 'overlay' || lower === undefined || Buffer.byteLength(data) <= MOST_BYTES)
    return { data, directory: '' };
  const layers = lower.slice(LOWER.length).split(':');
  const directory = commonDirectory(layers);
  if (directory === '') return { data, directory };
  const short = layers.map((layer) => posix.relative(directory, layer)).join(':');
  return { data: options.map((option) => (option === lower ? LOWER + short : option)).join(','), directory };
}

/** The deepest directory above all of the absolute paths; empty if that is the root, or one is relative. */
function commonDirectory(paths: readonly string[]): string {
  if (!paths.every((path) => posix.isAbsolute(path))) return '';
  const [first = [], ...others] = paths.map((path) => posix.dirname(path).split('/'));
  const length = others.reduce((least, parts) => {
    const differs = first.findIndex((part, index) => part !== parts[index]);
    return Math.min(least, differs < 0 ? first.length : differs);
  }, first.length);
  return first.slice(0, length).join('/');
}
