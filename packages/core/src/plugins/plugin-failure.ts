import { asShimError, isShimError, ShimError } from '../plugin/shim-error.js';

/** A plugin's error as one of holdfast's. */
export function pluginFailure(error: unknown, plugin: string, method: string): ShimError {
  if (isShimError(error)) return error;
  const message = `plugin ${plugin} failed in ${method}: ${asShimError(error).message}`;
  return new ShimError('SHIM_PLUGIN_FAILED', message, { where: `${plugin}.${method}`, cause: error });
}
