import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Fault } from '../support/numbered-container.js';
import { expectWhole, printLines, readLines } from '../support/numbered-lines.js';
import { Person } from '../support/person.js';
import { RUNTIMES } from '../support/runtimes.js';
import { killShimd, shimdOf, shimdStarts, stateOf, withoutShimd } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const PROMPT = { env: ['PATH=/bin', 'PS1=ready> '] };
/** Tells of a hangup by its code. */
const TRAP = "trap 'exit 99' HUP";

/** Where shimd dies on the way of a terminal from the runtime to the keeper. */
const MAKING = ['terminal-accepted', 'terminal-received', 'terminal-held'];

/** Has the runtime tell in `file` of each time that it creates a container of the bundle; returns how often it has. */
function countCreates(bundle: string, file: string): () => number {
  const path = join(bundle, 'config.json');
  const spec = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  // It reads the state that it is given: crun fails of a hook that closes its input unread.
  const hook = { path: '/bin/sh', args: ['sh', '-c', 'cat > /dev/null; echo created >> "$0"', file] };
  writeFileSync(path, JSON.stringify({ ...spec, hooks: { createRuntime: [hook] } }));
  return () => readFileSync(file, 'utf8').trim().split('\n').length;
}

/** A zombie waits for the machine's init, which may take its time. */
const isAlive = (pid: number): boolean => !['Z', undefined].includes(stateOf(pid));

/** The odd stream of {@link printLines}, as a log of a terminal has it. */
function linesOf(log: string): string {
  return log
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line.startsWith('o '))
    .join('\n');
}

describe.each(RUNTIMES)('terminals over a death of shimd, on real %s', (runtime) => {
  test('nothing typed or shown is lost, clients are connected again and say so, and the exit code is right', async () => {
    const at = new Workbench({ runtime });
    const bundle = at.bundle('b', ['sh', '-i'], PROMPT);
    const person = await Person.runs(at.line('run', '-it', '-b', bundle, 'sh1'));
    await person.sees('ready> ');
    const keeper = (await at.inspect('sh1')).shim.keeperPid;
    for (let round = 100; round < 103; round++) {
      await killShimd(keeper);
      person.type(`echo round $((${round}))\n`);
      await person.sees(`\r\nround ${round}\r\n`);
      await person.sees('ready> ');
    }
    expect(person.screen.split('connected to it').length).toBeGreaterThan(1);
    person.type('exit 9\n');
    expect(await person.ended).toBe(9);
    expect((await at.inspect('sh1')).exitCode).toBe(9);
  });

  describe.each(MAKING)('when shimd dies at %s', (point) => {
    const script = `${TRAP}; stty -echo; echo begun; read line; echo "got $line"; stty size; exit 6`;

    async function expectWorks(person: Person): Promise<void> {
      await person.sees('begun\r\n');
      person.type('typed\n');
      await person.sees('got typed\r\n');
      await person.sees('24 80\r\n');
      expect(await person.ended).toBe(6);
    }

    test('a container that is created has a terminal that works', async () => {
      const at = new Workbench({ runtime });
      const fault = new Fault(at, point);
      const bundle = at.script('b', script, PROMPT);
      const made = countCreates(bundle, join(at.directory, 'creates'));
      const variables = Object.entries(fault.env).map(([name, value]) => `${name}=${value}`);
      const command = at.line('run', '-it', '-b', bundle, 'c1');
      const person = await Person.runs(['env', ...variables, ...command]);
      await expectWorks(person);
      expect(fault.happened, 'the fault point was reached').toBe(true);
      expect(shimdStarts(at).map(({ restarts }) => restarts)).toEqual([0, 1]);
      expect(made(), 'creates by the runtime').toBe(1);
    });

    test('so has an exec', async () => {
      const at = new Workbench({ runtime });
      const fault = new Fault(at, point);
      const idle = at.script('b', 'sleep 1000', PROMPT);
      await at.shimctl(['run', '-d', '-b', idle, 'c1'], { env: fault.env });
      const command = ['exec', '-it', 'c1', '--', 'sh', '-c', script];
      await expectWorks(await Person.runs(at.line(...command)));
      expect(fault.happened, 'the fault point was reached').toBe(true);
      expect(shimdStarts(at).map(({ restarts }) => restarts)).toEqual([0, 1]);
    });
  });

  test.each([
    ['terminal-accepted', 1],
    ['terminal-received', 1],
    ['terminal-held', 1],
    ['terminal-moved', 1],
    ['terminal-moved', 5],
    ['log-write', 3],
    ['log-commit', 3],
    ['exit-seen', 1],
  ])('loses nothing when it dies at %s, passage %i', async (point, hit) => {
    const at = new Workbench({ runtime });
    const fault = new Fault(at, point, hit);
    const script = `${TRAP}; ${printLines(0, 2_000)}; ${printLines(2_000, 2_020, 'sleep 0.005')}; exit 37`;
    const run = await at.shimctl(['run', '-d', '-t', '-b', at.script('b', script, PROMPT), 'c1'], { env: fault.env });
    expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(await at.ok('wait', 'c1')).toBe('37');
    expect(fault.happened, 'the fault point was reached').toBe(true);
    expect(shimdStarts(at).map(({ restarts }) => restarts)).toEqual([0, 1]);
    expectWhole(readLines(linesOf(await at.ok('logs', 'c1')), 'o'), 2_020, 1);
  });

  test('an exec on a terminal goes on, and its code is known, when it ends while no shimd is alive', async () => {
    const at = new Workbench({ runtime });
    await at.ok('run', '-d', '-b', at.script('b', 'sleep 1000', PROMPT), 'c1');
    const { shim } = await at.inspect('c1');
    const command = [
      'exec',
      '-it',
      'c1',
      '--',
      'sh',
      '-c',
      `${TRAP}; echo begun $$; read line; echo "got $line"; exit 6`,
    ];
    const person = await Person.runs(at.line(...command));
    await person.sees('begun');
    await withoutShimd(shim.keeperPid, async () => {
      person.type('typed\n');
      await Promise.resolve();
    });
    await person.sees('got typed\r\n');
    expect(await person.ended).toBe(6);
  });

  test('piped input of any size arrives once when shimd dies of taking it', async () => {
    const at = new Workbench({ runtime });
    const fault = new Fault(at, 'input-taken', 30);
    const bundle = at.script('b', 'md5sum; wc -c < /dev/null');
    const input = Buffer.from(Array.from({ length: 5_000_000 }, (_, i) => (i * 7919) % 251));
    const run = await at.shimctl(['run', '-i', '-b', bundle, 'c1'], { stdin: 'pipe', input, env: fault.env });
    expect(fault.happened, 'the fault point was reached').toBe(true);
    expect(run.stdout).toContain(createHash('md5').update(input).digest('hex'));
    expect(run.exitCode).toBe(0);
  });

  test('a client is attached again by a shimd that died of attaching it', async () => {
    const at = new Workbench({ runtime });
    const fault = new Fault(at, 'attached');
    const run = await at.shimctl(['run', '-b', at.script('b', 'echo all; exit 8'), 'c1'], { env: fault.env });
    expect(fault.happened, 'the fault point was reached').toBe(true);
    expect([run.exitCode, run.stdout]).toEqual([8, 'all']);
  });

  test('the keeper is killed: a terminal is not hung up, and the next shimd has it', async () => {
    const at = new Workbench({ runtime });
    const script = `${TRAP}; while read line; do echo "got $line"; done; exit 5`;
    await at.ok('run', '-d', '-t', '-b', at.script('b', script, PROMPT), 'c1');
    const before = await at.inspect('c1');
    process.kill(before.shim.keeperPid, 'SIGKILL');
    await until('the keeper is gone', () => !isAlive(before.shim.keeperPid));
    const person = await Person.runs(at.line('attach', 'c1'));
    person.type('one\n');
    await person.sees('got one\r\n');
    const middle = await at.inspect('c1');
    expect(middle).toMatchObject({ status: 'running', pid: before.pid });
    await until('the shimd that held it is gone', () => !isAlive(before.shim.pid));

    // With a client attached it comes back by itself.
    const shimd = await until('a shimd runs', () => shimdOf(middle.shim.keeperPid));
    process.kill(middle.shim.keeperPid, 'SIGKILL');
    await until('that shimd has been relieved', () => !isAlive(shimd));
    person.type('two\n');
    await person.sees('got two\r\n');
    person.type('\x04');
    expect(await person.ended).toBe(5);
    expect(readFileSync(`${at.root}/groups/default/shimd.log`, 'utf8')).toContain('terminals taken over');
  });
});
