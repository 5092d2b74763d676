import { afterEach, beforeEach, describe } from 'vitest';
import { describeErrors } from './contract-errors.js';
import { describeExec } from './contract-exec.js';
import { describeLifecycle } from './contract-lifecycle.js';
import { Playground } from './playground.js';

/** A runtime plugin to be tried on the real binary. */
export interface RuntimeUnderTest {
  readonly plugin: unknown;
  /** How the first line of `--version` begins. */
  readonly version: RegExp;
  /** The binary's path, or the path of a wrapper put into `directory`. */
  readonly path: (directory: string) => Promise<string>;
}

/** What the contract asks of every runtime, tried on a real one. */
export function describeRuntimeContract(title: string, subject: RuntimeUnderTest): void {
  describe(title, () => {
    let current: Playground;
    beforeEach(async () => {
      current = await Playground.open(subject.plugin, subject.path);
    });
    afterEach(async ({ expect }) => {
      expect(await current.close()).toEqual([]);
    });
    const playground = (): Playground => current;
    describeLifecycle(playground, subject.version);
    describeExec(playground);
    describeErrors(playground);
  });
}
