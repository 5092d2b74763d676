import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Forwarding } from '../support/forwarding.js';
import { Fault } from '../support/numbered-container.js';
import { expectWhole, printLines, readLines } from '../support/numbered-lines.js';
import { RUNTIMES } from '../support/runtimes.js';
import { keeperOf, killShimd, shimdOf } from '../support/shim-processes.js';
import { until } from '../support/until.js';

const LINES = 2_000;
const SCRIPT = [printLines(0, 1_500), printLines(1_500, 1_530, 'sleep 0.005'), printLines(1_530, LINES), 'exit 7'].join(
  '; ',
);

describe.each(RUNTIMES)('stdio that is forwarded, on real %s', (runtime) => {
  /** In which the runtime has no part. */
  const once = runtime === 'runc' ? it : undefined;

  once?.each([
    ['forward-tee', 1],
    ['forward-tee', 2],
    ['forward-splice', 1],
    ['forward-splice', 2],
  ])('arrives once though shimd dies at %s, passage %i', async (point, hit) => {
    let fault!: Fault;
    const forwarding = await Forwarding.start(runtime, (bench) => (fault = new Fault(bench, point, hit)).env);
    const [stdout, stderr] = [await forwarding.reader('out'), await forwarding.reader('err')];
    const forward = { stdout: stdout.path, stderr: stderr.path };
    expect(await forwarding.run('c1', SCRIPT, { forward, logged: true })).toBe(7);
    expect(fault.happened, 'the fault point was reached').toBe(true);
    expectWhole(readLines(await stdout.text, 'o'), LINES, 0);
    expectWhole(readLines(await stderr.text, 'e'), LINES, 0);
    const logs = await forwarding.bench.shimctl(['logs', 'c1'], { maxBuffer: 1 << 30 });
    // What was copied and not passed on, and what was written and not taken out of the log's own pipe.
    expectWhole(readLines(String(logs.stdout), 'o'), LINES, 2);
    expectWhole(readLines(String(logs.stderr), 'e'), LINES, 2);
    expect((await forwarding.bench.inspect('c1')).lost.records).toBe(0);
  });

  once?.('is 100 MB as they were', async () => {
    const forwarding = await Forwarding.start(runtime);
    const [stdout, stderr] = [await forwarding.reader('out'), await forwarding.reader('err')];
    const forward = { stdout: stdout.path, stderr: `fifo://${stderr.path}` };
    const script = 'seq 1 6500000 >&2 & seq 1 6500000; wait';
    expect(await forwarding.run('c1', script, { forward })).toBe(0);
    const expected = execFileSync('seq', ['1', '6500000'], { encoding: 'utf8', maxBuffer: 1 << 30 });
    expect((await stdout.text) === expected).toBe(true);
    expect((await stderr.text) === expected).toBe(true);
  });

  it('is of an exec session: 1 MB of input over the death of shimd, and what its background child prints late', async () => {
    const forwarding = await Forwarding.start(runtime);
    const stdout = await forwarding.reader('out');
    const stdin = forwarding.fifo('in');
    const text = execFileSync('seq', ['1', '150000'], { encoding: 'utf8' });
    const script = `head -c ${text.length} | md5sum; (sleep 0.3; echo late) & exit 5`;
    const path = await forwarding.startExec('e1', script, { forward: { stdin, stdout: stdout.path } });
    const client = await open(stdin, 'w');
    await client.write(text.slice(0, 400_000));
    await killShimd(await keeperOf(forwarding.bench, 'c0'));
    await client.write(text.slice(400_000));
    await client.close();
    const sum = execFileSync('md5sum', { input: text, encoding: 'utf8' });
    expect(await stdout.text).toBe(`${sum}late\n`);
    expect(await forwarding.api.call('waitExec', { path })).toMatchObject({ exitCode: 5 });
  });

  it('is a terminal with a size, typed at from a FIFO', async () => {
    const forwarding = await Forwarding.start(runtime);
    const stdout = await forwarding.reader('out');
    const stdin = forwarding.fifo('in');
    const forward = { stdin, stdout: stdout.path };
    const script = 'stty -echo; stty size; read -r line; stty size; echo "got $line"; exit 3';
    const bundle = forwarding.bench.script('c1-bundle', script);
    await forwarding.create('c1', bundle, { forward, terminal: true, terminalSize: { rows: 30, columns: 90 } });
    const path = { namespace: 'default', id: 'c1' };
    const attached = await forwarding.bench.shimctl(['attach', 'c1']);
    expect(attached.stderr).toContain('nobody can attach');
    await forwarding.bench.ok('start', 'c1');
    await killShimd(await keeperOf(forwarding.bench, 'c0'));
    await until('it serves', () => forwarding.bench.inspect('c1'));
    await forwarding.api.call('resize', { path, body: { requestId: randomUUID(), rows: 40, columns: 100 } });
    writeFileSync(stdin, 'typed\n');
    expect(await forwarding.bench.ok('wait', 'c1')).toBe('3');
    expect(await stdout.text).toBe('30 90\r\n40 100\r\ngot typed\r\n');
  });

  it('goes to a program that outlives shimd, and to a file', async () => {
    const forwarding = await Forwarding.start(runtime);
    const { bench } = forwarding;
    const program = join(bench.directory, 'logger');
    const at = (name: string): string => join(bench.directory, name);
    const lines = ['#!/bin/sh', `cd ${bench.directory}`, 'echo "$@" > args; env > environment'];
    const rest = ['exec 5>&-', 'cat <&4 > err & cat <&3 > out', 'wait', 'echo done > done'];
    writeFileSync(program, [...lines, ...rest].join('\n'), { mode: 0o755 });
    const uri = `binary://${program}?a=1&b=two%20words`;
    const loggerEnvironment = { CONTAINER_ID: 'c1', CONTAINER_NAMESPACE: 'ns' };
    const bundle = bench.script(
      'c1-bundle',
      'echo one; while [ ! -e /out/go ]; do sleep 0.05; done; echo two; echo three >&2',
      {
        mounts: [{ source: bench.directory, destination: '/out' }],
      },
    );
    await forwarding.create('c1', bundle, { forward: { stdout: uri, stderr: uri, loggerEnvironment } });
    await bench.ok('start', 'c1');
    await until('the first line', () => existsSync(at('out')) && readFileSync(at('out'), 'utf8') === 'one\n');
    await killShimd(await keeperOf(bench, 'c0'));
    writeFileSync(at('go'), '');
    expect(await bench.ok('wait', 'c1')).toBe('0');
    expect(readFileSync(at('done'), 'utf8'), 'it ended within the time to drain').toBe('done\n');
    expect([readFileSync(at('out'), 'utf8'), readFileSync(at('err'), 'utf8')]).toEqual(['one\ntwo\n', 'three\n']);
    expect(readFileSync(at('args'), 'utf8')).toBe('a 1 b two words\n');
    const environment = readFileSync(at('environment'), 'utf8').trim().split('\n');
    expect(environment.filter((line) => line.startsWith('CONTAINER')).sort()).toEqual([
      'CONTAINER_ID=c1',
      'CONTAINER_NAMESPACE=ns',
    ]);

    const file = at('new/directory/file');
    await forwarding.exec('e1', 'echo out; echo err >&2', {
      forward: { stdout: `file://${file}`, stderr: `file://${file}` },
    });
    expect(readFileSync(file, 'utf8').split('\n').sort()).toEqual(['', 'err', 'out']);
  });

  once?.('goes on without a program that has left, and begins with none that fails', async () => {
    const forwarding = await Forwarding.start(runtime);
    const { bench } = forwarding;
    const script = (name: string, text: string): string => {
      writeFileSync(join(bench.directory, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      return join(bench.directory, name);
    };
    const early = `binary-v2://${script('early', 'echo >&5; read line <&3')}`;
    const print =
      'i=0; while [ $i -lt 3000 ]; do echo "line $i ..................................................."; i=$((i+1)); done; exit 4';
    expect(await forwarding.run('c1', print, { forward: { stdout: early } })).toBe(4);
    const { lost } = await bench.inspect('c1');
    expect(lost.byDriver['stdio']).toMatchObject({ reason: 'no reader' });
    // Gone with the container: nothing of it is left when the test is over.
    const stubborn = `binary://${script('stubborn', 'trap "" TERM; exec 5>&-; while :; do sleep 1; done')}`;
    expect(await forwarding.run('c2', 'exit 6', { forward: { stdout: stubborn }, drainTimeoutMs: 100 })).toBe(6);
    for (const [name, uri] of [
      ['ends', `binary://${script('fails', 'exit 1')}`],
      ['closes', `binary-v2://${script('silent', 'exec 5>&-; sleep 1000')}`],
      ['missing', `binary://${bench.directory}/nothing`],
    ] as const) {
      const body = forwarding.body(name, bench.script(`${name}-b`, 'echo ran'), { forward: { stdout: uri } });
      expect(await forwarding.api.refused('create', { body })).toMatchObject({ code: 'SHIM_LOG_OPEN' });
      expect(await forwarding.api.refused('inspect', { path: { namespace: 'default', id: name } })).toMatchObject({
        status: 404,
      });
    }
  });

  once?.('to what is no FIFO is refused, and nothing is left of it', async () => {
    const forwarding = await Forwarding.start(runtime);
    const { bench, api } = forwarding;
    const c0 = { namespace: 'default', id: 'c0' };
    const file = join(bench.directory, 'file');
    writeFileSync(file, 'kept');
    const bundle = bench.script('c1-bundle', 'echo ran');
    const targets = [{ stdout: file }, { stdin: '/nowhere' }, { stderr: bench.directory }, { stdout: 'npipe://x' }];
    for (const forward of targets) {
      const refusal = { status: 400, code: 'SHIM_INVALID_ARGUMENT' };
      expect(await api.refused('create', { body: forwarding.body('c1', bundle, { forward }) })).toEqual(refusal);
      expect(
        await api.refused('createExec', { path: c0, body: forwarding.execBody('e1', 'true', { forward }) }),
      ).toEqual(refusal);
    }
    expect(readFileSync(file, 'utf8')).toBe('kept');
    // Gone between the two.
    const fifo = forwarding.fifo('gone');
    await api.call('createExec', { path: c0, body: forwarding.execBody('e1', 'true', { forward: { stdout: fifo } }) });
    execFileSync('rm', [fifo]);
    const started = await api.refused('startExec', {
      path: { ...c0, execId: 'e1' },
      body: { requestId: randomUUID() },
    });
    expect(started).toMatchObject({ code: 'SHIM_INVALID_ARGUMENT' });
    expect((await bench.inspect('c0')).execs).toEqual([]);
  });

  once?.('leaves no descriptor open in shimd and keeper', async () => {
    const forwarding = await Forwarding.start(runtime);
    const keeper = await keeperOf(forwarding.bench, 'c0');
    const count = (): number[] =>
      [keeper, shimdOf(keeper) as number].map((pid) => readdirSync(`/proc/${pid}/fd`).length);
    const once = async (i: number): Promise<void> => {
      const stdout = await forwarding.reader(`out${i}`);
      const forward = { stdin: forwarding.fifo(`in${i}`), stdout: stdout.path };
      await forwarding.exec(`e${i}`, `echo ${i}`, { forward });
      expect(await stdout.text).toBe(`${i}\n`);
    };
    await once(0);
    const before = count();
    for (let i = 1; i <= 25; i++) await once(i);
    await until('as many as before', () => count().every((now, i) => now <= (before[i] as number)));
  });
});
