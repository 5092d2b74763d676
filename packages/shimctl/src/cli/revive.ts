import { EXIT } from './exit-codes.js';
import type { CommandContext } from './context.js';
import type { CliEnvironment } from './environment.js';
import { LAUNCH_GROUP } from './launch-place.js';

/** A launcher whose shim has gone with its keeper asks for another, and for nothing else: the command itself is that one's to go on with. */
export function isRevival({ env }: Pick<CliEnvironment, 'env'>): boolean {
  return env['HOLDFAST_LAUNCHER_REVIVE'] === '1';
}

/** Starts the shim that serves launchers, unless it runs. */
export async function revive(context: CommandContext): Promise<number> {
  const { shims } = await context.connect();
  await (await shims.forGroup(LAUNCH_GROUP)).version();
  return EXIT.OK;
}
