import type { ShimError } from '../plugin/shim-error.js';

/**
 * `named`: the file of `--config` or HOLDFAST_CONFIG. `user`: in the user's home. `conf.d` and `system`: below /etc/holdfast.
 */
export type PlaceKind = 'named' | 'user' | 'conf.d' | 'system';

/**
 * `used`: read. `absent`: there is nothing. `replaced`: not looked at, for a file was named. `ignored`: there, and not read.
 * `refused`: an error: no command works with it.
 */
export type PlaceState = 'used' | 'absent' | 'replaced' | 'ignored' | 'refused';

/** A place where a config file is looked for. */
export interface ConfigPlace {
  readonly kind: PlaceKind;
  /** The file; while there is none, the pattern of its names. */
  readonly path: string;
  readonly state: PlaceState;
  /** Why it is ignored or replaced, or what is to be said about one that is used. */
  readonly why?: string;
  /** Why it is refused. */
  readonly error?: ShimError;
}
