import type { Launch } from '@holdfast/core';
import { coreNamespace } from '../names.js';
import { removeTask, type RemoveParts } from '../task/remove-task.js';
import type { ShimCommandLine } from './command-line.js';

/** `delete`: containerd has lost its connection, or is done with the task. */
export async function deleteTask(line: ShimCommandLine, launch: Launch, parts: RemoveParts): Promise<number> {
  const ref = { namespace: coreNamespace(line), id: line.id };
  const bundle = line.bundle === '' ? launch.cwd : line.bundle;
  await launch.stdout(await removeTask(parts, { ref, bundle, requestId: launch.requestId }));
  return 0;
}
