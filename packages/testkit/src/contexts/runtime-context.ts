import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandRunner, RuntimeContext } from '@holdfast/core/plugin';
import { CollectingLogger } from './collecting-logger.js';

/** A runtime's context in a directory of its own. */
export interface TestRuntimeContext extends RuntimeContext {
  /** Holds `root` and `scratch`; a test may put more into it. */
  readonly directory: string;
  readonly logger: CollectingLogger;
  /** Removes the directory. */
  remove(): Promise<void>;
}

/** Makes a context whose commands go to `runner`: `childProcessRunner` or a `FakeCommandRunner`. */
export async function makeRuntimeContext(runner: CommandRunner): Promise<TestRuntimeContext> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-rt-'));
  const [root, scratch] = [join(directory, 'root'), join(directory, 'scratch')];
  await mkdir(root, { mode: 0o700 });
  await mkdir(scratch, { mode: 0o700 });
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  return { directory, root, scratch, runner, namespace: 'default', logger: new CollectingLogger(), remove };
}
