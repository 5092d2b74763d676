import type { BuiltInPlugin } from '@holdfast/core/plugins';
import type { CommandLine } from '@holdfast/core/client';
import { LAUNCH_GROUP, LAUNCH_KIND } from '../launch-place.js';
import type { CliConfig, CliServices } from '../services.js';

/** What the composition root knows. */
export interface ServiceParts {
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The plugins that come with holdfast. */
  builtIns(): Promise<readonly BuiltInPlugin[]>;
  /** What a group's keeper runs as shimd. */
  shimdCommand(config: CliConfig, group: string): CommandLine;
}

/** The real services. What a command does not need is not loaded. */
export function createServices(parts: ServiceParts): CliServices {
  return {
    version: parts.version,
    loadConfig: async (request, onRefused) => {
      const { loadCliConfig } = await import('./load-cli-config.js');
      return loadCliConfig(request, await parts.builtIns(), { environment: parts.environment, onRefused });
    },
    configPlaces: async ({ file, cwd }) => {
      const { readPlaces } = await import('@holdfast/core/config');
      return readPlaces({ file, cwd, environment: parts.environment });
    },
    builtInSchema: async () => {
      const { schemaWith } = await import('./load-cli-config.js');
      return schemaWith((await parts.builtIns()).map(({ definition }) => definition));
    },
    openShims: async (config) => {
      const { ShimsAdapter } = await import('./shims-adapter.js');
      const shimdCommand = (group: string): CommandLine => parts.shimdCommand(config, group);
      const launchKind = (group: string): string | undefined => (group === LAUNCH_GROUP ? LAUNCH_KIND : undefined);
      return new ShimsAdapter({ root: config.root, environment: parts.environment, shimdCommand, launchKind });
    },
    locate: async (root, namespace) => {
      const { locateContainers, StateLayout } = await import('@holdfast/core/client');
      return locateContainers(new StateLayout(root), namespace);
    },
    streamEvents: async function* (root, options) {
      const { StateLayout, streamEvents } = await import('@holdfast/core/client');
      yield* streamEvents(new StateLayout(root), options);
    },
    builtInNames: async (kind) => {
      const plugins = await parts.builtIns();
      return plugins.filter((plugin) => plugin.kind === kind).map(({ name }) => name);
    },
    examine: async () => {
      const { RealSystem } = await import('../doctor/real/real-system.js');
      return new RealSystem(parts.version);
    },
    openLogReader: async (document, config) => {
      const { openLogReader } = await import('./open-log-reader.js');
      const { namespace, id } = document;
      return openLogReader(
        document,
        await parts.builtIns(),
        async () => (await config.container({ namespace, id })).logs,
      );
    },
  };
}
