import type { Ctr } from './ctr.js';

/** Removes every task and container of every namespace. */
export async function removeAll(ctr: Ctr): Promise<void> {
  const namespaces = linesOf(await ctr.ok('namespaces', 'ls', '-q'));
  for (const namespace of namespaces) await removeFrom(ctr.in(namespace));
}

async function removeFrom(ctr: Ctr): Promise<void> {
  for (const { id, status } of await ctr.tasks()) {
    // A signal waits for the end of the pause.
    if (status === 'PAUSED') await ctr.ok('task', 'resume', id);
    // Its exit code is that of the task.
    await ctr.call(['task', 'rm', '--force', id]);
  }
  const containers = linesOf(await ctr.ok('containers', 'ls', '-q'));
  if (containers.length > 0) await ctr.ok('containers', 'rm', ...containers);
}

function linesOf(text: string): string[] {
  return text.split('\n').filter(Boolean);
}
