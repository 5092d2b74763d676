import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { FAULTY_SHIMD, type Workbench } from './workbench.js';
import { expectWhole, readLines, SIGPIPE_TRAP, type Reading } from './numbered-lines.js';

/** A container that prints numbered lines and shares the directory /out with the test. */
export class NumberedContainer {
  readonly bundle: string;
  readonly out: string;

  /** `script` should print lines as `printLines` does. */
  constructor(
    private readonly bench: Workbench,
    readonly id: string,
    script: string,
    options: Parameters<Workbench['script']>[2] = {},
  ) {
    this.out = join(bench.directory, `${id}-out`);
    mkdirSync(this.out);
    const mounts = [{ source: this.out, destination: '/out' }];
    this.bundle = bench.script(`${id}-bundle`, `${SIGPIPE_TRAP}; ${script}`, { ...options, mounts });
  }

  /** Lets a script that waits for it go on. */
  go(name = 'go'): void {
    writeFileSync(join(this.out, name), '');
  }

  has(name: string): boolean {
    return existsSync(join(this.out, name));
  }

  read(name: string): string {
    return readFileSync(join(this.out, name), 'utf8').trim();
  }

  /** What its log holds. */
  async log(): Promise<{ readonly stdout: Reading; readonly stderr: Reading }> {
    const maxBuffer = 1 << 30;
    const { exitCode, stdout, stderr } = await this.bench.shimctl(['logs', this.id], { maxBuffer });
    expect(exitCode, String(stderr).slice(-1000)).toBe(0);
    return { stdout: readLines(String(stdout), 'o'), stderr: readLines(String(stderr), 'e') };
  }

  /**
   * Fails unless the log holds `count` lines of both streams, whole, the container got no SIGPIPE and nothing is counted as
   * lost. `kills`: how often shimd was killed.
   */
  async expectUnharmed(count: number, kills: number): Promise<void> {
    const { stdout, stderr } = await this.log();
    expectWhole(stdout, count, kills);
    expectWhole(stderr, count, kills);
    expect(this.has('sigpipe')).toBe(false);
    expect((await this.bench.inspect(this.id)).lost).toMatchObject({ records: 0, bytes: 0 });
  }
}

/** Makes shimd die at the `hit`th passage of a fault point. The environment is for the shimctl that starts the keeper. */
export class Fault {
  readonly marker: string;

  constructor(
    bench: { readonly directory: string },
    readonly point: string,
    readonly hit = 1,
  ) {
    this.marker = join(bench.directory, 'marker');
  }

  get env(): Record<string, string> {
    return { HOLDFAST_FAULT: `${this.point}:${this.hit}:${this.marker}`, HOLDFAST_TEST_SHIMD: FAULTY_SHIMD };
  }

  /** True once shimd has died of it. */
  get happened(): boolean {
    return existsSync(this.marker);
  }
}
