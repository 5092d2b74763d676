import type { PluginDefinition } from '@holdfast/core/plugin';
import type { Skip } from '../suite/skip.js';

/** A runtime plugin to be tried on a real binary. */
export interface RuntimeUnderTest {
  /** Title of the suite. */
  readonly name: string;
  /** The default export of the plugin's module. */
  readonly definition: PluginDefinition<'runtime'>;
  /** Options of the plugin, or a function that makes them and may put files, such as a wrapper, into `directory`. */
  readonly options?: object | ((directory: string) => object | Promise<object>);
  /** What `features().version` must match; anything if left out. */
  readonly version?: RegExp;
  /** A static busybox; /usr/bin/busybox if left out. */
  readonly busybox?: string;
  readonly skip?: readonly Skip[];
}

/** The options of `subject` in a test that owns `directory`. */
export async function runtimeOptions({ options = {} }: RuntimeUnderTest, directory: string): Promise<object> {
  return typeof options === 'function' ? ((await options(directory)) as object) : options;
}
