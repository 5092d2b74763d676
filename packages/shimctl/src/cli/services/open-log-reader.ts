import { nameLogs, type ContainerDocument } from '@holdfast/core/client';
import {
  maskedError,
  maskedInstance,
  maskFor,
  pluginFailure,
  PluginRegistry,
  type BuiltInPlugin,
} from '@holdfast/core/plugins';
import {
  ShimError,
  type LogDriver,
  type LogDriverContext,
  type PluginDefinition,
  type PluginLogger,
} from '@holdfast/core/plugin';
import { hasSecrets, liveOptions, type LiveLogs } from './live-options.js';
import { settledReader } from './settled-reader.js';

/**
 * The first of the container's log drivers that can read back, made in this process from what the container's state names. The shim does not
 * give secrets away: a driver that has some gets them from the config that counts now, if that still says the same as the container's.
 * Rejects as `PluginRegistry.definitionOf`, or with SHIM_LOG_READ if secrets are all that is missing.
 */
export async function openLogReader(
  document: ContainerDocument,
  builtIns: readonly BuiltInPlugin[],
  liveLogs: LiveLogs,
): Promise<LogDriver | undefined> {
  const registry = new PluginRegistry(builtIns);
  const logs = document.logs.map(({ driver: plugin, path, version, options }) => ({ plugin, path, version, options }));
  let missing: ShimError | undefined;
  for (const { name, directory, log } of nameLogs({ logs, logDirectory: document.logDirectory })) {
    const definition = await registry.definitionOf(log, 'log-driver', `container ${document.id} log ${name}`);
    const context = contextOf(document, directory);
    const live = hasSecrets(definition, log.options) ? await liveOptions(definition, log, liveLogs) : undefined;
    if (live !== undefined && 'missing' in live) {
      if (mayRead(definition, context, log.options)) missing ??= noSecrets(document.id, name, live.missing);
      continue;
    }
    // Its options were checked by its own schema when the container was created.
    const driver = make(definition, context, live?.options ?? log.options);
    if (driver.read !== undefined) return log.path === null ? driver : settledReader(driver, definition.name);
  }
  if (missing !== undefined) throw missing;
  return undefined;
}

function make(
  definition: PluginDefinition<'log-driver'>,
  context: LogDriverContext,
  options: Readonly<Record<string, unknown>>,
): LogDriver {
  const mask = maskFor(definition, options);
  try {
    return maskedInstance(definition.create(context, options), mask);
  } catch (error) {
    throw pluginFailure(maskedError(error, mask), { plugin: definition.name, method: 'create' });
  }
}

/** False for a driver that has no way to read, with or without its secrets. */
function mayRead(
  definition: PluginDefinition<'log-driver'>,
  context: LogDriverContext,
  options: Readonly<Record<string, unknown>>,
): boolean {
  try {
    return definition.create(context, options).read !== undefined;
  } catch {
    // What stands in the place of a secret may be no secret to it.
    return true;
  }
}

function noSecrets(id: string, name: string, why: string): ShimError {
  const message = `the log driver ${name} of ${id} has secrets among its options, which the shim gives to nobody, and ${why}`;
  return new ShimError('SHIM_LOG_READ', message, {
    where: id,
    remedy: 'Give the config that the container was created with: --config FILE, or the same --log.',
  });
}

function contextOf(document: ContainerDocument, directory: string): LogDriverContext {
  const { id, namespace, bundle, createdAt, annotations, labels } = document;
  return {
    logger: SILENT,
    namespace,
    container: { id, namespace, bundle, createdAt, annotations, labels },
    directory,
    lane: refuseWriter,
    datagrams: refuseWriter,
  };
}

function refuseWriter(path: string): never {
  throw new ShimError('SHIM_PLUGIN_FAILED', 'the log driver asked for a writer while reading back', { where: path });
}

const ignore = (): void => undefined;
const SILENT: PluginLogger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
