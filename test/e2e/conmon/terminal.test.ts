import { appendFileSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConmonBench } from '../../support/conmon/conmon-bench.js';
import { RUNTIMES } from '../../support/runtimes.js';
import { until } from '../../support/until.js';

const sees = (size: string): string => `until stty size 2>/dev/null | grep "^${size}"; do sleep 0.02; done`;

describe.each(RUNTIMES)('conmon of a container with a terminal (%s)', (runtime) => {
  it('passes on what is typed and shown, on one stream', async () => {
    const container = new ConmonBench(runtime).container('echo out; echo err >&2; read x; echo "got $x"; exit 6', {
      terminal: true,
    });
    await container.create({ flags: ['-t'] });
    const client = container.attach();
    container.start();
    await client.sees('out\r\nerr\r\n');
    client.type('typed\r');
    expect(await client.all()).toEqual({ stdout: 'out\r\nerr\r\ntyped\r\ngot typed\r\n', stderr: '' });
    expect(await container.exitFile()).toBe('6');
    const records = readFileSync(container.log, 'utf8').replace(/^\d{4}-\S{20,} /gm, '');
    expect(records.split('\r\n')).toEqual(['stdout F out', 'stdout F err', 'stdout F typed', 'stdout F got typed', '']);
  });

  it('is resized over ctl and over winsz, and by nothing that makes no sense', async () => {
    const container = new ConmonBench(runtime).container(`${sees('33 101')}; ${sees('44 99')}; exit 2`, {
      terminal: true,
    });
    await container.create({ flags: ['-t'] });
    const client = container.attach();
    container.start();
    for (const line of ['1 1001 5\n', '1 7\n', '3 8 8\n', 'resize\n', '1 -4 9\n', `${'9'.repeat(20_000)}\n`])
      container.control(line);
    container.control('1 33 101 and more\n');
    await client.sees('33 101\r\n');
    container.control('44 99\n', container.bundle, 'winsz');
    expect((await client.all()).stdout).toBe('33 101\r\n44 99\r\n');
    expect(await container.exitFile()).toBe('2');
  });

  it('tells what the runtime said if it can not be created', async () => {
    const container = new ConmonBench(runtime).container('', { terminal: true, args: ['/no/such/program'] });
    const call = container.call({ flags: ['-t'] });
    call.begin();
    const message = expect.stringContaining('/no/such/program') as string;
    expect(await call.saysAll()).toEqual([{ data: -1, message }]);
    await container.exitCommand();
  });

  it('opens its log anew over ctl, in the middle of what is said', async () => {
    const container = new ConmonBench(runtime).container(
      'i=0; while [ ! -e /out/go ]; do echo line $i; i=$((i+1)); sleep 0.01; done; echo $i > /out/count',
    );
    await container.createAndStart();
    await until('there is a log', () => existsSync(container.log) && readFileSync(container.log).length > 0);
    const old = `${container.log}.old`;
    renameSync(container.log, old);
    // Several writers, one of which has not said its line to its end.
    appendFileSync(`${container.bundle}/ctl`, '2 0');
    appendFileSync(`${container.bundle}/ctl`, ' 0\n');
    await until('there is a new log', () => existsSync(container.log) && readFileSync(container.log).length > 0);
    container.go();
    expect(await container.exitFile()).toBe('0');
    const lines = [old, container.log].flatMap((path) => readFileSync(path, 'utf8').match(/line \d+/g) ?? []);
    const count = Number(readFileSync(container.out('count'), 'utf8'));
    expect(lines).toEqual(Array.from({ length: count }, (_, i) => `line ${i}`));
  });
});
