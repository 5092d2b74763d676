import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { startKeeper, StateLayout } from '@holdfast/core/client';
import { launcherPath } from '@holdfast/native';
import type { Workbench } from './workbench.js';

const SHIMD = join(import.meta.dirname, '..', '..', 'packages', 'shimctl', 'dist', 'shimd.cjs');

/** A front end `mine` whose launches say what the tests want to know; busy until it is told otherwise. It writes why it was told to leave. */
const FRONT_END = `
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
export default {
  name: 'mine',
  apiVersion: 1,
  async serve(host) {
    const place = (name) => join(dirname(host.layout.root), name);
    let busy = true;
    const commands = {
      async about({ stdout, input, requestId }) {
        const containers = await host.service.list();
        const about = { pid: process.pid, group: host.group, input: input.toString(), containers: containers.length };
        await stdout(Buffer.from(JSON.stringify(about)));
        return 0;
      },
      async twice({ stdout, requestId }) {
        await stdout(Buffer.from('begun ' + requestId + ' '));
        if (!existsSync(place('hung'))) {
          writeFileSync(place('hung'), '');
          await new Promise(() => undefined);
        }
        await stdout(Buffer.from('ended'));
        return 6;
      },
      async rest() {
        busy = false;
        host.changed();
        return 0;
      },
    };
    host.onLaunch((launch) => commands[launch.argv[1]](launch));
    return {
      get busy() { return busy; },
      async leave(reason) { appendFileSync(place('left'), reason + '\\n'); },
    };
  },
};
`;

/** A group `fe` whose shimd has a front end, with a launcher for it. */
export class FrontEndGroup {
  readonly layout: StateLayout;
  readonly module: string;
  readonly #launcher: string;

  constructor(readonly bench: Workbench) {
    this.layout = new StateLayout(bench.root);
    this.module = join(bench.directory, 'front-end.mjs');
    this.#launcher = join(bench.directory, 'mine');
    writeFileSync(this.module, FRONT_END);
    copyFileSync(launcherPath(), this.#launcher);
    writeFileSync(join(bench.directory, 'node'), '#!/bin/sh\necho node\nexit 9\n');
    chmodSync(join(bench.directory, 'node'), 0o755);
  }

  /** Starts its keeper; resolves with its pid. */
  async start(): Promise<number> {
    const { layout } = this;
    const args = ['--root', layout.root, '--group', 'fe', '--idle-timeout', '150'];
    const started = await startKeeper({
      ...{ layout, group: 'fe', environment: {}, launchSocket: layout.launchSocket('mine') },
      frontEnds: [this.module],
      shimd: { program: process.execPath, args: [SHIMD, ...args] },
    });
    if (started === 'busy') throw new Error('the group runs');
    const { pid } = started;
    // Granted where nothing is to be lost; what is already gone is gone.
    onTestFinished(() => void (existsSync(`/proc/${pid}`) && process.kill(pid, 'SIGTERM')));
    return pid;
  }

  /** Runs the launcher to its end. */
  async launch(command: string, input = ''): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const env = {
      ...{ HOLDFAST_ROOT: this.layout.root, HOLDFAST_NODE: join(this.bench.directory, 'node') },
      HOLDFAST_LAUNCHER_FALLBACK: this.module,
    };
    const child = spawn(this.#launcher, [command], { env });
    child.stdin.on('error', () => undefined).end(input);
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
  }

  async about(): Promise<{ pid: number; group: string; input: string; containers: number }> {
    const { stdout } = await this.launch('about', 'said');
    return JSON.parse(stdout) as { pid: number; group: string; input: string; containers: number };
  }

  /** What it has written beside the root; empty if nothing. */
  written(name: string): string {
    const path = join(this.bench.directory, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  log(): string {
    const path = this.layout.groupLog('fe');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }
}
