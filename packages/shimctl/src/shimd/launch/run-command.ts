import type { LaunchEnd, StreamedLaunch } from '@holdfast/core';
import type { StartedCommand } from '../../cli/environment.js';
import { shimctl } from '../../cli/shimctl.js';
import { launchEnvironment } from './launch-environment.js';
import { launchServices } from './launch-services.js';
import type { ShimctlParts } from './serve-shimctl.js';

/** Runs the command of a launcher, unless it is left to somebody else. */
export async function runCommand(parts: ShimctlParts, launch: StreamedLaunch): Promise<LaunchEnd> {
  let hurried = false;
  let command: StartedCommand = { path: [], args: [], options: {} };
  const services = launchServices(parts, launch, () => command);
  const environment = launchEnvironment({
    launch,
    services,
    onStarted: (started) => (command = started),
    onHurry: () => (hurried = true),
  });
  const code = await shimctl(environment);
  return { code, hurried };
}
