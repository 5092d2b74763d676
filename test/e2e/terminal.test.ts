import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Person } from '../support/person.js';
import { RUNTIMES } from '../support/runtimes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

/** A shell that says what it is about to read. */
const SHELL = ['sh', '-i'];
const PROMPT = { env: ['PATH=/bin', 'PS1=ready> '] };

describe.each(RUNTIMES)('on %s', (runtime) => {
  const bench = (): Workbench => new Workbench({ runtime });
  const shimctl = (at: Workbench, ...args: string[]): string[] => at.line(...args);

  test('a shell at a terminal: its size, resizing, ctrl-C, its log, its exit code, and our terminal as it was', async () => {
    const at = bench();
    const bundle = at.bundle('b', SHELL, PROMPT);
    const before = join(at.directory, 'before');
    const after = join(at.directory, 'after');
    const script = `stty -g > ${before}; "$@"; code=$?; stty -g > ${after}; exit $code`;
    const command = shimctl(at, 'run', '-it', '-b', bundle, 'sh1');
    const person = await Person.runs(['sh', '-c', script, 'sh', ...command], { rows: 31, columns: 97 });
    await person.sees('ready> ');
    person.type('stty size; echo $TERM\n');
    await person.sees('\r\n31 97\r\nxterm\r\n');
    await person.sees('ready> ');
    person.resize(40, 120);
    person.type('while ! stty size | grep "40 120"; do :; done\n');
    await person.sees('\r\n40 120\r\n');
    await person.sees('ready> ');
    // The shell reads keys itself until a command runs.
    person.type('sh -c "echo goes; exec sleep 1000"\n');
    await person.sees('\r\ngoes\r\n');
    person.type('\x03');
    await person.sees('ready> ');
    person.type('echo code $?\n');
    await person.sees('\r\ncode 130\r\n');
    expect(await at.inspect('sh1')).toMatchObject({ status: 'running', terminal: true });
    person.type('exit 7\n');
    expect(await person.ended).toBe(7);
    expect(readFileSync(after, 'utf8')).toBe(readFileSync(before, 'utf8'));
    expect(await at.ok('logs', 'sh1')).toContain('code 130\r\n');
  });

  test('detach keys leave it running, attach comes back, and many see and type', async () => {
    const at = bench();
    const bundle = at.bundle('b', SHELL, PROMPT);
    const first = await Person.runs(shimctl(at, 'run', '-it', '-b', bundle, 'sh1'));
    await first.sees('ready> ');
    first.type('\x10\x11');
    expect(await first.ended).toBe(0);
    expect(first.screen).toContain('detached; sh1 goes on');

    const second = await Person.runs(shimctl(at, 'attach', '--detach-keys', 'ctrl-],d', 'sh1'));
    const watcher = await Person.runs(shimctl(at, 'attach', '--no-stdin', '--no-sig-proxy', 'sh1'));
    second.type('\n');
    await second.sees('ready> ');
    await until('the watcher is attached', () => {
      second.type('\n');
      return watcher.screen.includes('ready> ');
    });
    second.type('echo to all of $((1+1))\n');
    // The watcher's terminal is not raw: it has a \r of its own.
    await Promise.all([second.sees('\r\nto all of 2\r\n'), watcher.sees('to all of 2\r\r\n')]);
    second.type('\x1dd');
    expect(await second.ended).toBe(0);

    await at.ok('resize', 'sh1', '11', '22');
    const third = await at.shimctl(['attach', 'sh1'], { stdin: 'pipe', input: 'stty size; exit 3\n' });
    expect(third.exitCode).toBe(3);
    expect(third.stdout).toContain('11 22');
    expect(await watcher.ended).toBe(3);
    expect(watcher.screen).toContain('11 22');
    const late = await at.shimctl(['attach', 'sh1']);
    expect([late.exitCode, late.stderr]).toEqual([125, expect.stringContaining('cannot attach to sh1: it is stopped')]);
  });

  test('exec -t: a terminal of its own, with our size, ctrl-Z and job control', async () => {
    const at = bench();
    await at.ok('run', '-d', '-b', at.script('b', 'sleep 1000', { env: ['PATH=/bin'] }), 'c1');
    const command = shimctl(at, 'exec', '-it', '-e', 'PS1=ready> ', 'c1', '--', 'sh', '-i');
    const person = await Person.runs(command, { rows: 33, columns: 44 });
    await person.sees('ready> ');
    person.type('stty size\n');
    await person.sees('\r\n33 44\r\n');
    person.type('sh -c "echo goes; exec sleep 1000"\n');
    await person.sees('\r\ngoes\r\n');
    person.type('\x1a');
    await person.sees('Stopped');
    await person.sees('ready> ');
    person.type('fg\n');
    await person.sees(/sleep 1000"?\r\n/);
    person.type('\x03');
    await person.sees('ready> ');
    person.type('exit 5\n');
    expect(await person.ended).toBe(5);
    expect(await at.ok('logs', 'c1')).toBe('');
  });

  test('what is typed before the terminal is there waits for it', async () => {
    const at = bench();
    await at.ok('run', '-d', '-b', at.script('b', 'sleep 1000', { env: ['PATH=/bin'] }), 'c1');
    const person = await Person.runs(shimctl(at, 'exec', '-it', 'c1', '--', 'cat'));
    person.type('early\n');
    // Echoed here while this terminal was not raw yet, then by that of cat, then by cat.
    await person.sees('early\r\nearly\r\nearly\r\n');
    person.type('\x04');
    expect(await person.ended).toBe(0);
    const piped = await at.shimctl(['exec', '-it', 'c1', '--', 'cat'], { stdin: 'pipe', input: 'x' });
    expect([piped.exitCode, piped.stderr]).toEqual([2, expect.stringContaining('the input is no terminal')]);
  });

  test('vi, less and top know the size of the window, draw in it, and follow when it changes', async () => {
    const at = bench();
    const out = join(at.directory, 'out');
    mkdirSync(out);
    const mounts = [{ source: out, destination: '/out' }];
    await at.ok('run', '-d', '-b', at.script('b', 'sleep 1000', { env: ['PATH=/bin:/usr/bin'], mounts }), 'c1');
    const start = (size: { rows: number; columns: number }, ...command: string[]): Promise<Person> =>
      Person.runs(shimctl(at, 'exec', '-it', 'c1', '--', ...command), size);

    const vi = await start({ rows: 10, columns: 40 }, 'vi', '/out/text');
    // A tilde in each row of an empty buffer, down to the one above the status line.
    await vi.sees('\x1b[9;1H~');
    vi.type('ihello\x1b');
    await vi.sees('[Modified]');
    vi.resize(14, 40);
    await vi.sees('\x1b[13;1H~');
    vi.type(':wq\r');
    expect(await vi.ended).toBe(0);
    expect(readFileSync(join(out, 'text'), 'utf8')).toBe('hello\n');

    const less = await start({ rows: 6, columns: 30 }, 'sh', '-c', 'seq 1 100 | less');
    await less.sees('4\r\n\x1b[K5\r\n\x1b[6;0H');
    less.type('G');
    await less.sees('100');
    less.type('q');
    expect(await less.ended).toBe(0);

    const top = await start({ rows: 20, columns: 90 }, 'top');
    await top.sees('PID');
    await top.sees('sleep 1000');
    top.type('q');
    expect(await top.ended).toBe(0);
  });

  test('ten megabytes of output come whole and in order', async () => {
    const logs = [{ driver: 'file', options: { maxSize: '1g' } }];
    const at = new Workbench({ runtime, config: { logs } });
    const bundle = at.script('b', 'stty -onlcr; seq 1 1500000; echo over', { env: ['PATH=/bin'] });
    const person = await Person.runs(shimctl(at, 'run', '-it', '-b', bundle, 'big'));
    await person.sees('over\n', 60_000);
    expect(await person.ended).toBe(0);
    const lines = person.screen.split('\n').map((line) => line.trim());
    const numbers = lines.filter((line) => /^[0-9]+$/.test(line)).map(Number);
    expect(numbers.length).toBe(1_500_000);
    expect(numbers.every((number, i) => number === i + 1)).toBe(true);
    const logged = (await at.ok('logs', 'big')).split('\n');
    expect([logged.length, logged[0], logged[1_499_999]]).toEqual([1_500_001, '1', '1500000']);
  });
});
