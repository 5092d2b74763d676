import { ShimError } from '../plugin/shim-error.js';
import type { PluginReference } from './loaded-plugin.js';
import { walkPath, type PathStep } from './walk-path.js';

const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

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
        cause,
      },
    );
  });
  for (const step of steps) {
    const fault = faultOf(step);
    if (fault === undefined) continue;
    const message = `${reference.place}: the plugin "${reference.text}" could be changed by others: ${step.path} ${fault.what}`;
    throw new ShimError('SHIM_PLUGIN_INSECURE', message, { where: step.path, remedy: `${fault.remedy} ${step.path}` });
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

function faultOf({ stats }: PathStep): { what: string; remedy: string } | undefined {
  if (stats.uid !== 0 && stats.uid !== process.geteuid?.()) {
    return {
      what: `belongs to the user ${stats.uid}`,
      remedy: stats.isSymbolicLink() ? 'chown -h root' : 'chown root',
    };
  }
  if (stats.isSymbolicLink() || (stats.mode & WRITABLE_BY_OTHERS) === 0) return undefined;
  // In a sticky directory only the owner of an entry can replace it, and every entry on the way is checked.
  if (stats.isDirectory() && (stats.mode & STICKY) !== 0) return undefined;
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
  return { what: `is writable by its group or by others (mode ${mode})`, remedy: 'chmod go-w' };
}
