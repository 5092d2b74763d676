import type { WaitRequest, WaitResponse } from '../messages/index.js';
import { exitStatusOf } from './exit-status.js';
import type { TaskContext } from './task-context.js';

/** `Wait`: answers as soon as the process has ended. One that could not be started ends it too. */
export async function waitFor(context: TaskContext, { id, execId }: WaitRequest): Promise<WaitResponse> {
  if (execId === '') return exitStatusOf(await context.process({ id, execId }).exited);
  const ref = context.execRef(id, execId);
  if (context.failed.find(ref) !== undefined) return exitStatusOf(undefined);
  const { exited } = context.process({ id, execId });
  let forget: () => void = () => undefined;
  const failure = new Promise<undefined>((resolve) => {
    forget = context.failed.onFailure(ref, () => resolve(undefined));
  });
  try {
    return exitStatusOf(await Promise.race([exited, failure]));
  } finally {
    forget();
  }
}
