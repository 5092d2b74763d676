import { ShimError } from '../plugin/shim-error.js';
import type { PluginReference } from './loaded-plugin.js';
import { ownershipFault } from './ownership-fault.js';
import { walkPath } from './walk-path.js';

/**
 * The real path of a plugin's file, once it is certain that nobody but root and the user of this process could have
 * written it or can put another in its place: shimd runs plugins with its own rights. Throws SHIM_PLUGIN_INSECURE, which
 * names the path at fault, or SHIM_PLUGIN_NOT_FOUND.
 */
export async function checkOwnership(path: string, reference: PluginReference): Promise<string> {
  const steps = await walkPath(path).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ShimError(
      'SHIM_PLUGIN_NOT_FOUND',
      `${reference.place}: can't find the plugin "${reference.text}": ${why}`,
      {
        where: reference.place,
        remedy: `Correct the path, which starts from ${reference.directory}, or put the file there.`,
        cause,
      },
    );
  });
  const fault = ownershipFault(steps);
  if (fault !== undefined) {
    const message = `${reference.place}: the plugin "${reference.text}" could be changed by others: ${fault.path} ${fault.what}`;
    throw new ShimError('SHIM_PLUGIN_INSECURE', message, { where: fault.path, remedy: fault.remedy });
  }
  const last = steps.at(-1);
  if (last === undefined || !last.stats.isFile()) {
    throw new ShimError(
      'SHIM_PLUGIN_NOT_FOUND',
      `${reference.place}: the plugin "${reference.text}" is not a regular file`,
      {
        where: path,
      },
    );
  }
  return last.path;
}
