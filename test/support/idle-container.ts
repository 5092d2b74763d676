import type { ContainerDocument } from '@holdfast/core/client';
import type { RuntimeName } from './runtimes.js';
import { Workbench } from './workbench.js';

/** A workbench with one running container that does nothing until it is stopped. */
export class IdleContainer {
  readonly bench: Workbench;

  private constructor(runtime: RuntimeName) {
    this.bench = new Workbench({ runtime });
  }

  static async start(runtime: RuntimeName): Promise<IdleContainer> {
    const container = new IdleContainer(runtime);
    const { bench } = container;
    const bundle = bench.script('b', `trap 'exit 0' TERM; while :; do sleep 1000 & wait $!; done`, {
      env: ['OF_INIT=1'],
    });
    await bench.ok('run', '-d', '-b', bundle, 'c1');
    return container;
  }

  /** `shimctl exec FLAGS c1 -- COMMAND`. */
  exec(
    command: readonly string[],
    flags: readonly string[] = [],
    options: Parameters<Workbench['shimctl']>[1] = {},
  ): ReturnType<Workbench['shimctl']> {
    return this.bench.shimctl(['exec', ...flags, 'c1', '--', ...command], options);
  }

  sh(script: string, flags: readonly string[] = []): ReturnType<Workbench['shimctl']> {
    return this.exec(['sh', '-c', script], flags);
  }

  inspect(): Promise<ContainerDocument> {
    return this.bench.inspect('c1');
  }
}
