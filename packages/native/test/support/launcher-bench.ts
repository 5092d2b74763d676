import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { binaries, type Variant } from './binaries.js';
import { FakeLaunchServer } from './fake-launch-server.js';

export interface RunOptions {
  /** The launcher's path; one of the kind `mine` if left out. */
  readonly program?: string;
  /** Left out: /dev/null. */
  readonly input?: Buffer | 'open';
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What it is given from descriptor 3 on. */
  readonly descriptors?: readonly number[];
  /** Run by the shell in the place of the launcher, which is `"$@"`. */
  readonly script?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Says how it was called, by whom, and what it found on stdin and as descriptors. */
const FAKE_NODE = `#!/bin/sh
echo "node $*"
echo "mark $MARK"
for fd in /proc/$$/fd/*; do test -e "$fd" && echo "fd \${fd##*/}"; done
echo "stdin $(sha256sum | cut -c1-8)"
exit 9
`;

/** A launcher with a root directory of its own, a Node that is a script, and a server. */
export class LauncherBench {
  readonly directory = mkdtempSync(join(tmpdir(), 'hf-launcher-'));
  root = join(this.directory, 'r');
  readonly node = join(this.directory, 'bin', 'node');
  /** What it falls back to. */
  readonly main = join(this.directory, 'main.cjs');

  constructor(private readonly variant: Variant) {
    mkdirSync(join(this.root, 'l'), { recursive: true, mode: 0o700 });
    mkdirSync(dirname(this.node));
    writeFileSync(this.node, FAKE_NODE);
    chmodSync(this.node, 0o755);
    writeFileSync(this.main, '');
    onTestFinished(() => rmSync(this.directory, { recursive: true, force: true }));
  }

  /** A copy of the launcher at that path below the directory. */
  launcher(path = 'mine'): string {
    const program = join(this.directory, path);
    mkdirSync(dirname(program), { recursive: true });
    copyFileSync(binaries(this.variant).launcher, program);
    return program;
  }

  socket(kind = 'mine'): string {
    return join(this.root, 'l', kind);
  }

  serve(kind = 'mine', mode?: number): FakeLaunchServer {
    const server = new FakeLaunchServer(this.socket(kind), mode);
    onTestFinished(() => server.close());
    return server;
  }

  /** Starts the launcher; `ended` resolves when it has, and nobody holds its output any more. */
  run(args: readonly string[], options: RunOptions = {}): { child: ChildProcess; ended: Promise<Ended> } {
    const { program = this.launcher(), input, env = {}, cwd = '/', script, descriptors = [] } = options;
    const environment = {
      ...{ PATH: '/usr/bin:/bin', HOLDFAST_ROOT: this.root, HOLDFAST_NODE: this.node, MARK: 'kept' },
      ...{ HOLDFAST_LAUNCHER_FALLBACK: this.main, ...env },
    };
    const command = script === undefined ? [program, ...args] : ['/bin/sh', '-c', script, 'sh', program, ...args];
    const child = spawn(command[0] as string, command.slice(1), {
      ...{ env: environment, cwd },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...descriptors],
    });
    child.stdin?.on('error', () => undefined);
    if (input instanceof Buffer) child.stdin?.end(input);
    onTestFinished(() => void child.kill('SIGKILL'));
    return { child, ended: endOf(child) };
  }
}

function endOf(child: ChildProcess): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.on('data', (bytes: Buffer) => (said[name] += bytes.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...said }));
  });
}
