import type { ConfigPath } from './config-path.js';

/** One source of settings: a file, the flags. A stronger layer's settings replace those of a weaker one. */
export interface ConfigLayer {
  readonly document: unknown;
  /** Where plugin paths and packages named in it start from. */
  readonly directory: string;
  /** What a problem's line starts with: `FILE:LINE:COL logs[0].driver`, `--root /x`. */
  subject(path: ConfigPath, at: 'key' | 'value'): string;
  /** `FILE:LINE`, `flag --root`. */
  origin(path: ConfigPath): string;
}
