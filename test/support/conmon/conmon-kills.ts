import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { killShimd, shimdOf, stateOf } from '../shim-processes.js';
import { until } from '../until.js';
import type { ConmonBench } from './conmon-bench.js';

/** Who may be killed: shimd, its keeper, or both at once. */
export const VICTIMS = ['shimd', 'keeper', 'both'] as const;
export type Victim = (typeof VICTIMS)[number];

/** SIGKILL; resolves when the next one serves, or will. */
export async function kill(bench: ConmonBench, victim: Victim): Promise<void> {
  const keeper = await bench.keeper();
  if (victim === 'shimd') {
    await killShimd(keeper);
    return;
  }
  const shimd = await until('a shimd runs', () => shimdOf(keeper));
  process.kill(keeper, 'SIGKILL');
  if (victim === 'both') process.kill(shimd, 'SIGKILL');
  await until('the keeper is dead', () => [undefined, 'Z'].includes(stateOf(keeper)));
  const next = await until('another keeper runs', async () => {
    const pid = await bench.keeper();
    return pid === keeper ? undefined : pid;
  });
  await until('another shimd runs', () => shimdOf(next));
}

/** A runtime that waits in one of its commands, until the test lets it go on. */
export class WaitingRuntime {
  readonly path: string;
  readonly #reached: string;
  readonly #go: string;

  constructor(bench: ConmonBench, command: 'create' | 'exec') {
    const place = (name: string): string => join(bench.directory, name);
    this.path = place('waiting-runtime');
    [this.#reached, this.#go] = [place('reached'), place('go-on')];
    const wait = `touch ${this.#reached}; while [ ! -e ${this.#go} ]; do sleep 0.02; done`;
    writeFileSync(
      this.path,
      `#!/bin/sh\nfor each; do [ "$each" = ${command} ] && { ${wait}; break; }; done\nexec ${bench.runtime} "$@"\n`,
    );
    chmodSync(this.path, 0o755);
  }

  async reached(): Promise<void> {
    await until('the runtime is run', () => existsSync(this.#reached));
  }

  goOn(): void {
    writeFileSync(this.#go, '');
  }
}
