import { resolve } from 'node:path';
import { PluginRegistry, type LoadedPlugin, type StreamedLaunch } from '@holdfast/core';
import type { CliServices } from '../../cli/services.js';
import { loadCliConfig } from '../../cli/services/load-cli-config.js';
import { BUILT_INS } from '../../built-ins.js';
import type { StartedCommand } from '../../cli/environment.js';
import { elsewhere } from './elsewhere.js';
import { containersOf } from './light-commands.js';
import { OwnService } from './own-service.js';
import { OwnShims } from './own-shims.js';
import type { ShimctlParts } from './serve-shimctl.js';

/** What commands of a launcher need of the rest. `command`: the one that runs. */
export function launchServices(
  parts: ShimctlParts,
  launch: StreamedLaunch,
  command: () => StartedCommand,
): CliServices {
  const away = (): never => elsewhere(launch, 'it needs more than the shim');
  return {
    version: parts.version,
    loadConfig: (request, onRefused) =>
      loadCliConfig(request, BUILT_INS, {
        environment: launch.env,
        onRefused,
        registry: new BuiltInsAlone(launch),
      }),
    // eslint-disable-next-line @typescript-eslint/require-await -- what is thrown becomes a rejection
    openShims: async (config) => {
      if (resolve(config.root) !== resolve(parts.layout.root)) elsewhere(launch, `it is for the root ${config.root}`);
      const service = new OwnService({ ...parts, launch });
      const shims = new OwnShims({ ...parts, launch, service });
      for (const id of containersOf(command())) shims.expect({ namespace: config.namespace, id });
      return shims;
    },
    configPlaces: away,
    builtInSchema: away,
    locate: away,
    streamEvents: away,
    builtInNames: away,
    examine: away,
    openLogReader: away,
  };
}

/** Plugins of third parties are not loaded for a command: they may be the caller's own. */
class BuiltInsAlone extends PluginRegistry {
  constructor(private readonly launch: StreamedLaunch) {
    super(BUILT_INS);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what is thrown becomes a rejection
  override async load(): Promise<LoadedPlugin | undefined> {
    return elsewhere(this.launch, 'the config names plugins');
  }
}
