import { nameLogs, type ContainerDocument } from '@holdfast/core/client';
import { PluginRegistry, type BuiltInPlugin } from '@holdfast/core/plugins';
import { ShimError, type LogDriver, type LogDriverContext, type PluginLogger } from '@holdfast/core/plugin';

/**
 * The first of the container's log drivers that can read back, made in this process from what the container's state names.
 * Rejects as `PluginRegistry.definitionOf`.
 */
export async function openLogReader(
  document: ContainerDocument,
  builtIns: readonly BuiltInPlugin[],
): Promise<LogDriver | undefined> {
  const registry = new PluginRegistry(builtIns);
  const logs = document.logs.map(({ driver: plugin, path, version, options }) => ({ plugin, path, version, options }));
  for (const { name, directory, log } of nameLogs({ logs, logDirectory: document.logDirectory })) {
    const definition = await registry.definitionOf(log, 'log-driver', `container ${document.id} log ${name}`);
    // Its options were checked by its own schema when the container was created.
    const driver = definition.create(contextOf(document, directory), log.options);
    if (driver.read !== undefined) return driver;
  }
  return undefined;
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
