import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, closeSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { launcherPath, native } from '@holdfast/native';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LauncherRun {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface RunOptions {
  readonly input?: string | Buffer | null;
  readonly paused?: boolean;
  /** What it is given from descriptor 3 on. */
  readonly descriptors?: readonly number[];
}

/** A launcher, of the kind `mine` unless told otherwise, and the listener that its connections queue in, which a keeper would hold. */
export class LaunchBench {
  readonly directory = mkdtempSync(join(tmpdir(), 'hf-launch-'));
  readonly root = join(this.directory, 'r');
  readonly socket: string;
  readonly listener: number;
  readonly #program: string;
  readonly #children = new Set<ChildProcess>();

  /** `name`: of the launcher's file, if that is not its kind. */
  constructor(kind = 'mine', name = kind) {
    this.socket = join(this.root, 'l', kind);
    this.#program = join(this.directory, name);
    mkdirSync(join(this.root, 'l'), { recursive: true, mode: 0o700 });
    copyFileSync(launcherPath(), this.#program);
    writeFileSync(join(this.directory, 'node'), '#!/bin/sh\necho "node $*"\nexit 9\n');
    chmodSync(join(this.directory, 'node'), 0o755);
    writeFileSync(join(this.directory, 'main.mjs'), '');
    this.listener = native.seqpacketListen(this.socket, 0o600, 512);
    onTestFinished(() => {
      for (const child of this.#children) child.kill('SIGKILL');
      closeSync(this.listener);
      rmSync(this.directory, { recursive: true });
    });
  }

  /** `input` null: the test writes it. */
  run(args: readonly string[], { input = '', paused = false, descriptors = [] }: RunOptions = {}): LauncherRun {
    const child = spawn(this.#program, args, {
      cwd: this.directory,
      stdio: ['pipe', 'pipe', 'pipe', ...descriptors],
      env: {
        ...{ HOLDFAST_ROOT: this.root, HOLDFAST_NODE: join(this.directory, 'node'), NAMESPACE: 'default', OTHER: 'x' },
        HOLDFAST_LAUNCHER_FALLBACK: join(this.directory, 'main.mjs'),
      },
    });
    child.stdin?.on('error', () => undefined);
    if (input !== null) child.stdin?.end(input);
    this.#own(child);
    const said = { stdout: '', stderr: '' };
    if (!paused) child.stdout?.on('data', (bytes: Buffer) => (said.stdout += bytes.toString()));
    child.stderr?.on('data', (bytes: Buffer) => (said.stderr += bytes.toString()));
    const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, ...said })));
    return { child, ended };
  }

  /** Starts a program with the listener as its descriptor 5. */
  serve(script: string, ...args: string[]): ChildProcess {
    const stdio = ['ignore', 'inherit', 'inherit', 'ignore', 'ignore', this.listener] as const;
    return this.#own(spawn(process.execPath, [script, ...args], { stdio: [...stdio] }));
  }

  #own(child: ChildProcess): ChildProcess {
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return child;
  }
}
