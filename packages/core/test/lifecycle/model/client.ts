import type { ShimService } from '../../../src/api/shim-service.js';
import { isShimError } from '../../../src/plugin/shim-error.js';
import type { Answer } from './model.js';
import type { World } from './world.js';

/** One call with its request id, to be sent as often as need be. */
export type Call = (shim: ShimService) => Promise<unknown>;

/** How hard a command is made. */
export interface Trouble {
  /** shimd dies at the so-manieth gate of the command, or after its answer; undefined: it lives. */
  readonly death: number | undefined;
  /** The next shimd dies too, at the so-manieth gate of its recovery. */
  readonly again: number | undefined;
  /** The command is sent twice at once. */
  readonly twice: boolean;
}

/** What a command was answered with before shimd died, and what the next one says to the same request. */
export interface Answers {
  readonly before: readonly Answer[];
  readonly after: Answer | undefined;
}

/** Sends a command, and sends it again if shimd dies. */
export async function send(world: World, call: Call, { death, again, twice }: Trouble): Promise<Answers> {
  const { life } = world;
  if (death !== undefined) life.dieAt(death);
  const tries = [answerOf(world, call), ...(twice ? [answerOf(world, call)] : [])];
  const answers = await Promise.race([Promise.all(tries), life.died]);
  const before = answers ?? [];
  if (death === undefined) return { before, after: undefined };
  await restart(world, again);
  return { before, after: await answerOf(world, call) };
}

/** shimd dies and comes back. */
export async function restart(world: World, again?: number, meanwhile?: () => Promise<void>): Promise<void> {
  await world.die();
  await meanwhile?.();
  if (again !== undefined) {
    const life = world.newLife();
    life.dieAt(again);
    await world.live(life);
    await world.die();
  }
  await world.live();
}

/** Resolves to `ok` or the error's code; never, if shimd dies. */
export async function answerOf({ life, shim }: World, call: Call): Promise<Answer> {
  try {
    await life.run(() => call(shim));
    return 'ok';
  } catch (error) {
    if (isShimError(error)) return error.code;
    throw error;
  }
}
