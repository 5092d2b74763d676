import type { PluginKind } from '../plugin/define-plugin.js';
import { ShimError } from '../plugin/shim-error.js';
import { pluginFailure } from '../plugins/plugin-failure.js';
import { tryCreate } from '../plugins/try-create.js';
import { formatPath } from './config-path.js';
import type { Findings } from './findings.js';
import { subjectOf } from './layers.js';
import { optionPath } from './option-path.js';
import {
  optionSubject,
  resolvePlugin,
  type PluginResolution,
  type PluginUse,
  type Resolver,
} from './resolve-plugin.js';
import { queueOfLocal } from './queue-of-local.js';
import { sharedFiles } from './shared-files.js';

/** Checks plugins and their options by their schemas, and by making each once: only `create` knows of some mistakes. */
export async function checkPlugins(
  resolver: Resolver,
  uses: readonly PluginUse<PluginKind>[],
  findings: Findings,
): Promise<void> {
  await resolver.scope.configured();
  const resolutions = await resolveAll(resolver, uses, findings);
  const trials = uses.map(async (use, index) => {
    const resolution = resolutions[index];
    if (resolution?.lines.length === 0) await tryPlugin(resolver, use, resolution);
  });
  await findings.gather(trials);
}

/** The plugins of the uses, their options checked by their schemas; undefined for one that can't be had. */
export async function resolveAll(
  resolver: Resolver,
  uses: readonly PluginUse<PluginKind>[],
  findings: Findings,
): Promise<(PluginResolution | undefined)[]> {
  const resolutions = await findings.gather(uses.map((use) => resolvePlugin(resolver, use)));
  for (const resolution of resolutions) findings.add(resolution?.lines ?? []);
  findings.add(sharedFileLines(resolver, uses, resolutions));
  return resolutions;
}

function sharedFileLines(
  resolver: Resolver,
  uses: readonly PluginUse<PluginKind>[],
  resolutions: readonly (PluginResolution | undefined)[],
): string[] {
  const logs = resolutions.map((found, index) => (uses[index]?.kind === 'log-driver' ? found?.plugin : undefined));
  return sharedFiles(logs).map(({ index, earlier, path }) => {
    const [use, other] = [uses[index], uses[earlier]] as [PluginUse<PluginKind>, PluginUse<PluginKind>];
    const writer = formatPath(other.path.slice(0, 2));
    return `${optionSubject(resolver, use, { path: ['path'], at: 'value' })}: ${writer} writes ${JSON.stringify(path)} already`;
  });
}

async function tryPlugin(
  resolver: Resolver,
  use: PluginUse<PluginKind>,
  { definition, plugin }: PluginResolution,
): Promise<void> {
  const { local } = await tryCreate(definition, plugin.options).catch((error: unknown) => {
    const { code, message, where, remedy } = pluginFailure(error, { plugin: definition.name, method: 'create' });
    const path = optionPath(where);
    const subject =
      path === undefined
        ? subjectOf(resolver.layers, use.path, 'value')
        : optionSubject(resolver, use, { path, at: 'value' });
    throw new ShimError(code, `${subject}: ${message}`, { where: subject, remedy, cause: error });
  });
  if (local && use.queuePath !== undefined)
    throw queueOfLocal(definition.name, subjectOf(resolver.layers, use.queuePath, 'key'));
}
