import { isShimError, ShimError } from '../plugin/shim-error.js';
import { toldError } from './told-error.js';

/** What failed: the plugin's short name, and the method that was called. */
export interface FailedCall {
  readonly plugin: string;
  readonly method: string;
  /** Where its options stand in the config, such as `logs[0]`: drivers name their options from `options` on. */
  readonly entry?: string;
}

/** A plugin's error as one of holdfast's. */
export function pluginFailure(thrown: unknown, { plugin, method, entry }: FailedCall): ShimError {
  const error = toldError(thrown);
  if (!isShimError(error)) {
    const message = `plugin ${plugin} failed in ${method}: ${error.message}`;
    const where = entry === undefined ? `${plugin}.${method}` : `${entry} (${plugin}.${method})`;
    return new ShimError('SHIM_PLUGIN_FAILED', message, { where, cause: error });
  }
  const { code, message, where, remedy } = error;
  if (entry === undefined || where === undefined || !/^options(?![\w$-])/.test(where)) return error;
  return new ShimError(code, message, { where: `${entry}.${where}`, remedy, cause: error });
}
