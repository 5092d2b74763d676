import { isDeepStrictEqual } from 'node:util';
import { hidePointers, secretsIn, type ResolvedPlugin } from '@holdfast/core/config';
import { asShimError, type PluginDefinition } from '@holdfast/core/plugin';

/** The log drivers of the config that counts now, resolved. */
export type LiveLogs = () => Promise<readonly ResolvedPlugin[]>;

/** Options with their secrets, or why there are none. */
export type LiveOptions = { readonly options: Readonly<Record<string, unknown>> } | { readonly missing: string };

/** Whether some of the options, as the shim shows them, stand for a secret. */
export function hasSecrets({ optionsSchema }: PluginDefinition, shown: Readonly<Record<string, unknown>>): boolean {
  return secretsIn(optionsSchema, shown).length > 0;
}

/** The options in the live config that are, but for the secrets, those that the shim shows of a container's driver. */
export async function liveOptions(
  { optionsSchema }: PluginDefinition,
  { plugin, path, options: shown }: ResolvedPlugin,
  liveLogs: LiveLogs,
): Promise<LiveOptions> {
  let logs: readonly ResolvedPlugin[];
  try {
    logs = await liveLogs();
  } catch (error) {
    return { missing: `the config that counts now can't be used: ${asShimError(error).message}` };
  }
  const same = logs.filter((log) => {
    if (log.plugin !== plugin || log.path !== path) return false;
    return isDeepStrictEqual(hidePointers(log.options, secretsIn(optionsSchema, log.options)), shown);
  });
  const options = same.map((log) => log.options);
  const [first] = options;
  if (first === undefined) return { missing: 'the config that counts now has no such driver with the same options' };
  if (options.some((each) => !isDeepStrictEqual(each, first)))
    return { missing: 'the config that counts now has several that differ in their secrets alone' };
  return { options: first };
}
