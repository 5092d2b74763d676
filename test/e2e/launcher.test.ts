import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { killShimd } from '../support/shim-processes.js';
import { Person } from '../support/person.js';
import { until } from '../support/until.js';
import { SHIMCTL, Workbench } from '../support/workbench.js';

const NODE = 'node was asked';

/** A workbench whose launcher knows where its shims are. What is left to Node says so, and exits with 9. */
class Launching {
  readonly bench = new Workbench();
  readonly #node = join(this.bench.directory, 'node');
  readonly env = { HOLDFAST_ROOT: this.bench.root, HOLDFAST_NODE: this.#node };

  constructor() {
    writeFileSync(this.#node, `#!/bin/sh\necho "${NODE}"\nexit 9\n`);
    chmodSync(this.#node, 0o755);
  }

  /** With a container c1 that stays. */
  static async running(): Promise<Launching> {
    const launching = new Launching();
    const { bench } = launching;
    await bench.ok('run', '-d', '-b', bench.script('b', 'sleep 1000', { env: ['PATH=/bin:/usr/bin'] }), 'c1');
    return launching;
  }

  shimctl(...args: readonly string[]): ReturnType<Workbench['shimctl']> {
    return this.bench.shimctl(args, { env: this.env });
  }

  /** Of the command line of somebody else. */
  line(...args: readonly string[]): string[] {
    const env = Object.entries(this.env).map((pair) => pair.join('='));
    return ['/usr/bin/env', ...env, SHIMCTL, '--config', this.bench.configFile, ...args];
  }
}

describe('shimctl through the launcher', () => {
  test('runs what asks the shim in the shim, and starts no Node for it', async () => {
    const launching = await Launching.running();
    const { bench } = launching;
    const codes: [readonly string[], number][] = [
      [['list'], 0],
      [['--json', 'inspect', 'c1'], 0],
      [['exec', 'c1', '--', 'sh', '-c', 'exit 7'], 7],
      [['exec', 'c1', '--', 'nosuch'], 127],
      [['exec', '-d', 'c1', '--', 'true'], 0],
      [['pause', 'c1'], 0],
      [['resume', 'c1'], 0],
      [['update', '--pids-limit', '100', 'c1'], 0],
      [['kill', 'c1', 'NOSUCH'], 2],
      [['start', 'c1'], 1],
      [['nosuch'], 2],
      [['exec', '--help'], 0],
      [['run', '-b', bench.script('b2', 'echo out; echo err >&2; exit 4'), 'c2'], 4],
      [['wait', 'c2'], 0],
      [['stop', '-t', '0', 'c1'], 0],
      [['delete', 'c1', 'c2'], 0],
    ];
    for (const [args, code] of codes) {
      const { exitCode, stdout, stderr } = await launching.shimctl(...args);
      expect([exitCode, stdout], `${args.join(' ')}: ${String(stderr)}`).toEqual([
        code,
        expect.not.stringContaining(NODE),
      ]);
    }
  });

  test('leaves to Node what reads files, loads plugins, or is for another shim, root or installation', async () => {
    const launching = await Launching.running();
    const { bench, env } = launching;
    const bundle = bench.script('b2', 'true');
    const plugin = ['--log', './plugin.mjs'];
    const away: readonly (readonly string[])[] = [
      ...[
        ['logs', 'c1'],
        ['ps', 'c1'],
        ['stats', '--no-stream'],
        ['events', '--no-follow'],
        ['config', 'show'],
      ],
      ...[['plugins', 'list'], ['metrics'], ['upgrade'], ['recover'], ['doctor'], ['attach', '--logs', 'c1']],
      ...[
        ['list', '--all-namespaces'],
        ['inspect', 'nosuch'],
        ['delete', 'c1', 'nosuch'],
        ['--root', '/nosuch', 'list'],
      ],
      ...[
        ['run', '--group', 'g2', '-b', bundle, 'c2'],
        ['run', ...plugin, '-b', bundle, 'c2'],
      ],
      ...[
        ['run', '--with-unit', '-b', bundle, 'c2'],
        ['exec', '--preserve-fds', '1', 'c1', '--', 'true'],
      ],
    ];
    for (const args of away) {
      const { exitCode, stdout } = await launching.shimctl(...args);
      expect([exitCode, stdout], args.join(' ')).toEqual([9, NODE]);
    }
    const notified = await bench.shimctl(['run', '-b', bundle, 'c2'], { env: { ...env, NOTIFY_SOCKET: '/nosuch' } });
    expect(notified.exitCode).toBe(9);
    const other = join(bench.directory, 'other.cjs');
    copyFileSync(SHIMCTL, other);
    const skewed = await bench.shimctl(['list'], { env: { ...env, HOLDFAST_LAUNCHER_FALLBACK: other } });
    expect(skewed.exitCode).toBe(9);
    expect(await bench.ok('list', '-q')).toBe('c1');
  });

  test('what can not be printed is told, and is no success', async () => {
    const { bench, env } = await Launching.running();
    const into = (...args: readonly string[]) =>
      execa('sh', ['-c', 'exec "$0" "$@" >/dev/full', SHIMCTL, '--config', bench.configFile, ...args], {
        env,
        reject: false,
      });
    for (const args of [['list'], ['inspect', 'c1'], ['version']]) {
      const { exitCode, stderr } = await into(...args);
      expect([exitCode, stderr], args.join(' ')).toEqual([1, expect.stringContaining('No space left') as string]);
    }
    const { exitCode, stderr } = await into('exec', 'c1', '--', 'echo', 'hello');
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(/cannot write to stdout/);
  });

  test('a working directory that was removed is none of its concern, until a path is to be found there', async () => {
    const { bench } = await Launching.running();
    const gone = join(bench.directory, 'gone');
    const there = (...args: readonly string[]) => {
      const line = 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"';
      const env = { HOLDFAST_ROOT: bench.root };
      return execa('sh', ['-c', line, gone, SHIMCTL, '--config', bench.configFile, ...args], { env, reject: false });
    };
    expect(await there('exec', 'c1', '--', 'echo', 'hello')).toMatchObject({
      exitCode: 0,
      stdout: 'hello',
      stderr: '',
    });
    const { exitCode, stderr } = await there('run', '-b', 'bundle', 'c2');
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(/SHIM_BUNDLE_NOT_FOUND.*gone \(deleted\)\/bundle/s);
  });

  test('a hundred megabytes go through exec -i, and a program that does not read holds its input up', async () => {
    const launching = await Launching.running();
    const { bench, env } = launching;
    const input = Buffer.alloc(100 << 20, 'a line of a hundred megabytes\n');
    const { stdout, exitCode } = await bench.shimctl(['exec', '-i', 'c1', '--', 'sha256sum'], {
      env,
      input,
      stdin: 'pipe',
    });
    expect([exitCode, stdout]).toEqual([0, `${createHash('sha256').update(input).digest('hex')}  -`]);
    const file = join(bench.directory, 'input');
    writeFileSync(file, input);
    const line = launching.line('exec', '-i', 'c1', '--', 'sleep', '1000');
    const lazy = execa('sh', ['-c', 'exec "$@" <"$0"', file, ...line], { reject: false });
    const read = (): number => Number(/pos:\s*([0-9]+)/.exec(readFileSync(`/proc/${lazy.pid}/fdinfo/0`, 'utf8'))?.[1]);
    await until('as much was read as there is room for', () => read() >= 256 << 10);
    await bench.ok('list');
    // What the launcher keeps, and the pipe of the process.
    expect(read()).toBeLessThan(1 << 20);
    await bench.ok('kill', 'c1', 'KILL');
    expect((await lazy).exitCode).toBe(137);
  });

  test('input and output go on over deaths of shimd, each byte once, and the code is kept', async () => {
    const { bench, env } = await Launching.running();
    const { shim } = await bench.inspect('c1');
    const script = 'while read line; do echo "$line"; test "$line" = end && exit 6; done';
    const running = bench.shimctl(['exec', '-i', 'c1', '--', 'sh', '-c', script], { env, stdin: 'pipe' });
    let shown = '';
    running.stdout.on('data', (part: Buffer) => (shown += part.toString()));
    const lines: string[] = [];
    for (let i = 0; i < 30; i++) {
      lines.push(`line ${i}`);
      running.stdin.write(`line ${i}\n`);
      if (i % 10 !== 5) continue;
      await until(`line ${i} is back`, () => shown.includes(`line ${i}\n`));
      await killShimd(shim.keeperPid);
    }
    running.stdin.write('end\n');
    const { exitCode, stdout, stderr } = await running;
    expect([exitCode, stdout]).toEqual([6, [...lines, 'end'].join('\n')]);
    expect(stderr).toBe(Array<string>(3).fill('shimctl: the shim was started again; connected to it').join('\n'));
  });

  test('a shim that is gone with its keeper is started again for whoever is attached', async () => {
    const { bench } = await Launching.running();
    const env = { HOLDFAST_ROOT: bench.root };
    const { shim } = await bench.inspect('c1');
    const running = bench.shimctl(['exec', 'c1', '--', 'sh', '-c', 'echo up; sleep 3; echo over'], { env });
    await once(running.stdout as NodeJS.ReadableStream, 'data');
    process.kill(shim.keeperPid, 'SIGKILL');
    process.kill(shim.pid, 'SIGKILL');
    const { stdout, stderr } = await running;
    // What the killed shimd had passed on, and not yet taken out of the pipe, is passed on again.
    expect(stdout).toMatch(/^(up\n){1,2}over$/);
    expect(stderr).toContain('the shim was started again; connected to it');
    expect((await bench.inspect('c1')).status).toBe('running');
  });

  test('a launcher that is killed leaves the container, and nothing open', async () => {
    const { bench, env } = await Launching.running();
    const running = bench.shimctl(['exec', '-i', 'c1', '--', 'sh', '-c', 'echo up; cat'], { env, stdin: 'pipe' });
    await once(running.stdout as NodeJS.ReadableStream, 'data');
    running.kill('SIGKILL');
    await running;
    const { execs } = await bench.inspect('c1');
    expect(execs).toHaveLength(1);
    expect((await bench.shimctl(['list', '-q'], { env })).stdout).toBe('c1');
  });

  test('a terminal is put back however the launcher ends or stops, and keys and sizes go on after that', async () => {
    const launching = await Launching.running();
    const command = launching.line('exec', '-it', '-e', 'PS1=ready> ', 'c1', '--', 'sh', '-i');
    const say = 'stty -a | grep -o -e "-*icanon" | sed s/^/is:/';
    const person = await Person.runs(['sh', '-m', '-c', `"$@"; ${say}; fg; ${say}; sleep 1000`, 'sh', ...command]);
    onTestFinished(() => void process.kill(person.pid, 'SIGKILL'));
    await person.sees('ready> ');
    const pid = await until('the launcher runs', () => launcherBelow(person.pid));
    person.type('stty -a | grep -o "rows [0-9]*"\n');
    await person.sees('\r\nrows 24\r\n');
    process.kill(pid, 'SIGTSTP');
    await person.sees('is:icanon');
    person.resize(33, 100);
    await person.sees('ready> ');
    person.type('\nstty -a | grep -o "rows [0-9]*"\n');
    await person.sees('\r\nrows 33\r\n');
    process.kill(pid, 'SIGTERM');
    await person.sees('is:icanon');
  });
});

function launcherBelow(pid: number): number | undefined {
  const parentOf = (of: string): number =>
    Number(readFileSync(`/proc/${of}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  const below = (of: number): number[] =>
    readdirSync('/proc')
      .filter((each) => /^[0-9]+$/.test(each))
      .filter((each) => {
        try {
          return parentOf(each) === of;
        } catch {
          return false;
        }
      })
      .map(Number);
  for (let todo = [pid], at = 0; at < todo.length; at++) {
    const one = todo[at] as number;
    if (readFileSync(`/proc/${one}/comm`, 'utf8') === 'shimctl\n') return one;
    todo = [...todo, ...below(one)];
  }
  return undefined;
}
