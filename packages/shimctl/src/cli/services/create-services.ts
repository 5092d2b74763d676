import type { BuiltInPlugin } from '@holdfast/core/plugins';
import type { CommandLine } from '@holdfast/core/client';
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
    loadConfig: async (request) => {
      const { loadCliConfig } = await import('./load-cli-config.js');
      return loadCliConfig(request, await parts.builtIns());
    },
    openShims: async (config) => {
      const { ShimsAdapter } = await import('./shims-adapter.js');
      const shimdCommand = (group: string): CommandLine => parts.shimdCommand(config, group);
      return new ShimsAdapter({ root: config.root, environment: parts.environment, shimdCommand });
    },
    openLogReader: async (document) => {
      const { openLogReader } = await import('./open-log-reader.js');
      return openLogReader(document, await parts.builtIns());
    },
  };
}
