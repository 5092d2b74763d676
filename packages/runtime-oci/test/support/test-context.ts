import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandRunner, RuntimeContext } from '@holdfast/core/plugin';

/** A runtime's context in a directory of its own. */
export interface TestContext extends RuntimeContext {
  readonly directory: string;
  /** Warnings and errors that the plugin logged. */
  readonly complaints: string[];
  remove(): Promise<void>;
}

export async function makeContext(runner: CommandRunner): Promise<TestContext> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-oci-'));
  const [root, scratch] = [join(directory, 'root'), join(directory, 'scratch')];
  await mkdir(root, { mode: 0o700 });
  await mkdir(scratch, { mode: 0o700 });
  const complaints: string[] = [];
  const complain = (_fields: object, message: string): void => void complaints.push(message);
  const logger = { debug: () => undefined, info: () => undefined, warn: complain, error: complain };
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  return { directory, root, scratch, runner, namespace: 'default', logger, complaints, remove };
}
