import { copyFileSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { UpgradedGroup } from '@holdfast/core/client';
import { FAULTY_SHIMD, type Workbench } from './workbench.js';

const ROOT = join(import.meta.dirname, '..', '..');
const BUILT = join(ROOT, 'packages', 'shimctl');

export interface InstallationOptions {
  /** Its shimd has fault points. */
  readonly faults?: boolean;
  /** JavaScript in the place of its shimd. */
  readonly shimd?: string;
}

/** What has been built, installed once more under another version. */
export class Installation {
  readonly #manifest: string;
  readonly #shimctl: string;
  readonly #shimd: string;

  constructor(
    private readonly bench: Workbench,
    readonly version: string,
    { faults = false, shimd }: InstallationOptions = {},
  ) {
    const modules = join(bench.directory, `installed-${version}`, 'node_modules');
    const package_ = join(modules, '@holdfast', 'shimctl');
    mkdirSync(join(package_, 'dist'), { recursive: true });
    const manifest = JSON.parse(readFileSync(join(BUILT, 'package.json'), 'utf8')) as object;
    this.#manifest = join(package_, 'package.json');
    writeFileSync(this.#manifest, JSON.stringify({ ...manifest, version }));
    for (const name of ['shimctl.cjs', 'shimd.cjs', 'log-host.cjs', 'yaml.cjs'])
      copyFileSync(join(BUILT, 'dist', name), join(package_, 'dist', name));
    if (faults) copyFileSync(FAULTY_SHIMD, join(package_, 'dist', 'shimd.cjs'));
    if (shimd !== undefined) writeFileSync(join(package_, 'dist', 'shimd.cjs'), shimd);
    symlinkSync(join(ROOT, 'packages', 'native'), join(modules, '@holdfast', 'native'));
    this.#shimd = join(package_, 'dist', 'shimd.cjs');
    this.#shimctl = join(package_, 'dist', 'shimctl.cjs');
  }

  /** From its next start on its shimd is this; that which was built if left out. */
  replaceShimd(script?: string): void {
    const draft = `${this.#shimd}.new`;
    if (script === undefined) copyFileSync(join(BUILT, 'dist', 'shimd.cjs'), draft);
    else writeFileSync(draft, script);
    renameSync(draft, this.#shimd);
  }

  /** Another version is installed in its place, under whatever runs. */
  become(version: string): void {
    const manifest = JSON.parse(readFileSync(this.#manifest, 'utf8')) as object;
    writeFileSync(this.#manifest, JSON.stringify({ ...manifest, version }));
  }

  /** Runs its shimctl to its end. */
  async shimctl(
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
    const options = { env, stdin: 'ignore', timeout: 60_000, reject: false } as const;
    const command = [this.#shimctl, '--config', this.bench.configFile, ...args];
    const { exitCode, stdout, stderr } = await execa(process.execPath, command, options);
    return { exitCode, stdout, stderr };
  }

  /** `shimctl --json upgrade` and its report. */
  async upgrade(
    args: readonly string[] = [],
    env: Record<string, string> = {},
  ): Promise<{ exitCode: number | undefined; report: UpgradedGroup[]; stderr: string }> {
    const { exitCode, stdout, stderr } = await this.shimctl(['--json', 'upgrade', ...args], env);
    if (stdout === '') throw new Error(`upgrade said nothing: exit ${exitCode}\n${stderr}`);
    return { exitCode, report: JSON.parse(stdout) as UpgradedGroup[], stderr };
  }
}
