import type { PluginDefinition } from '@holdfast/core/plugin';
import type { TestLogDriverContext } from '../contexts/log-driver-host.js';
import type { Skip } from '../suite/skip.js';

/** A log driver plugin to be tried. */
export interface LogDriverUnderTest {
  /** Title of the suite. */
  readonly name: string;
  /** The default export of the plugin's module. */
  readonly definition: PluginDefinition<'log-driver'>;
  /** Options of the plugin, or a function that makes them for a container. */
  readonly options?: object | ((context: TestLogDriverContext) => object | Promise<object>);
  /** Options with which `open` cannot succeed, such as a path below a file. `context.directory` does not exist. */
  readonly unusable?: (context: TestLogDriverContext) => object | Promise<object>;
  /** Nanoseconds between two times that the place of the logs tells apart; 1n if left out. */
  readonly timeResolution?: bigint;
  /** How to trouble the place where the logs go; what is left out is not tried. */
  readonly troubles?: Troubles;
  readonly skip?: readonly Skip[];
}

/** Troubles the place of the logs of `context`'s container, until what it resolves to is called. */
export type Trouble = (context: TestLogDriverContext) => Promise<() => Promise<void>>;

/** What can happen to the place of logs. */
export interface Troubles {
  /** It takes nothing more: `write` rejects before it has taken 1 MB. */
  readonly full?: Trouble;
  /** It does not answer. For a driver that uses lanes alone: `(context) => context.hang()`. */
  readonly hang?: Trouble;
}

/** The options of `subject` for the container of `context`. */
export async function logOptions({ options = {} }: LogDriverUnderTest, context: TestLogDriverContext): Promise<object> {
  return typeof options === 'function' ? ((await options(context)) as object) : options;
}
