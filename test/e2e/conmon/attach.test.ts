import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConmonBench } from '../../support/conmon/conmon-bench.js';
import { contents, type ConmonContainer } from '../../support/conmon/conmon-container.js';
import { RUNTIMES } from '../../support/runtimes.js';
import { shimdOf } from '../../support/shim-processes.js';
import { until } from '../../support/until.js';

const MOST = 8193;
/** Numbered, so that what is lost or doubled is seen. */
const LINES = 100_000;
const COUNTED = Array.from({ length: LINES }, (_, i) => `${i + 1}\n`).join('');

function logged(container: ConmonContainer, stream: 'stdout' | 'stderr'): string {
  const records = readFileSync(container.log, 'utf8').split('\n');
  return records
    .map((record) => /^\S+ (\S+) ([FP]) (.*)$/.exec(record))
    .flatMap((found) => (found?.[1] === stream ? [found[2] === 'F' ? `${found[3]}\n` : found[3]] : []))
    .join('');
}

describe.each(RUNTIMES)('clients of the attach socket (%s)', (runtime) => {
  it('all see both streams, in packets that podman can take', async () => {
    const container = new ConmonBench(runtime).container(`seq 1 ${LINES}; seq 1 ${LINES} >&2`);
    await container.create();
    const clients = [container.attach(), container.attach(), container.attach()];
    container.start();
    for (const { packets } of clients) {
      await packets.until(() => packets.atEnd, 'the end');
      expect(Math.max(...packets.arrived.map(({ length }) => length))).toBeLessThanOrEqual(MOST);
    }
    for (const client of clients) {
      const { stdout, stderr } = await client.all();
      expect([stdout === COUNTED, stderr === COUNTED]).toEqual([true, true]);
    }
    expect([logged(container, 'stdout') === COUNTED, logged(container, 'stderr') === COUNTED]).toEqual([true, true]);
  });

  it('see all of it if they have connected before the start, however short it is', async () => {
    const bench = new ConmonBench(runtime);
    const first = bench.container('while [ ! -e /out/go ]; do sleep 0.02; done; echo first; touch /out/said');
    await first.createAndStart();
    const short = bench.container('echo short');
    await short.create();
    const keeper = await bench.keeper();
    const shimd = await until('a shimd runs', () => shimdOf(keeper));
    process.kill(shimd, 'SIGSTOP');
    // Of output it hears first, of that of the other one as well, and only then of the connection.
    first.go();
    await contents(first.out('said'));
    const client = short.attach();
    short.start();
    process.kill(shimd, 'SIGCONT');
    expect((await client.all()).stdout).toBe('short\n');
  });

  it('see the end once the socket is gone and the exit file is there', async () => {
    const container = new ConmonBench(runtime).container('echo said; exit 5');
    await container.create();
    const client = container.attach();
    container.start();
    let atEnd: unknown;
    await client.packets.until(() => {
      if (client.packets.atEnd && atEnd === undefined)
        atEnd = [existsSync(join(container.bundle, 'attach')), existsSync(join(container.exitDir, container.id))];
      return client.packets.atEnd;
    });
    expect(atEnd).toEqual([false, true]);
  });

  it('write to the container; the end of one is the end of its stdin, and that one sees what still comes', async () => {
    const container = new ConmonBench(runtime).container('cat; echo after; exit 3');
    await container.create({ flags: ['-i'] });
    const [first, second] = [container.attach(), container.attach()];
    container.start();
    const much = Buffer.alloc(32 << 10, 'a line of input\n');
    second.type('from the second\n');
    await first.sees('from the second\n');
    first.type(much);
    await first.sees(much.toString());
    first.endInput();
    const expected = { stdout: `from the second\n${much.toString()}after\n`, stderr: '' };
    expect(await first.all()).toEqual(expected);
    expect(await second.all()).toEqual(expected);
    expect(await container.exitFile()).toBe('3');
  });

  it('need not say that nothing more comes: one that goes ends stdin too', async () => {
    const container = new ConmonBench(runtime).container('cat; exit 9');
    await container.create({ flags: ['-i'] });
    const [stays, goes] = [container.attach(), container.attach()];
    container.start();
    goes.type('said\n');
    await stays.sees('said\n');
    goes.close();
    expect(await stays.all()).toEqual({ stdout: 'said\n', stderr: '' });
    expect(await container.exitFile()).toBe('9');
  });

  it('leave stdin open if they are to', async () => {
    const container = new ConmonBench(runtime).container(
      'while read x; do echo "got $x"; [ "$x" = end ] && exit 4; done',
    );
    await container.create({ flags: ['-i', '--leave-stdin-open'] });
    const first = container.attach();
    container.start();
    first.type('one\n');
    await first.sees('got one\n');
    first.endInput();
    const second = container.attach();
    second.type('two\n');
    await first.sees('got two\n');
    second.type('end\n');
    expect(await first.all()).toEqual({ stdout: 'got one\ngot two\ngot end\n', stderr: '' });
    expect(await container.exitFile()).toBe('4');
  });

  it('have nothing to say to a container without stdin', async () => {
    const container = new ConmonBench(runtime).container('cat; echo empty; exit 6');
    await container.create();
    const client = container.attach();
    client.type('nobody reads it\n');
    container.start();
    expect(await client.all()).toEqual({ stdout: 'empty\n', stderr: '' });
    expect(await container.exitFile()).toBe('6');
  });

  it('may go: the others and the container do not notice', async () => {
    const container = new ConmonBench(runtime).container(
      `seq 1 ${LINES}; while [ ! -e /out/go ]; do sleep 0.02; done; echo end`,
    );
    await container.create();
    const [stays, ...go] = [container.attach(), container.attach(), container.attach()];
    if (stays === undefined) throw new Error('no client');
    for (const client of go) client.packets.pause();
    container.start();
    await stays.sees('\n10\n');
    for (const client of go) client.close();
    await stays.sees(`\n${LINES}\n`);
    const late = container.attach();
    container.go();
    expect((await late.all()).stdout).toBe('end\n');
    expect((await stays.all()).stdout === `${COUNTED}end\n`).toBe(true);
    expect(logged(container, 'stdout') === `${COUNTED}end\n`).toBe(true);
  });

  it('may be slow: they get everything, and nobody else waits for them with anything but output', async () => {
    const container = new ConmonBench(runtime).container(`trap "" TERM; seq 1 ${LINES}; exit 7`);
    await container.create();
    const [slow, fast] = [container.attach(), container.attach()];
    slow.packets.pause();
    container.start();
    await fast.sees('\n10\n');
    // What it is busy with keeps nobody else waiting.
    const other = container.bench.container('echo other; exit 8');
    await other.createAndStart();
    expect(await other.exitFile()).toBe('8');
    slow.packets.goOn();
    expect((await slow.all()).stdout === COUNTED).toBe(true);
    expect((await fast.all()).stdout === COUNTED).toBe(true);
    expect(await container.exitFile()).toBe('7');
  });

  it('that take nothing keep neither the exit file nor the exit command waiting', async () => {
    const container = new ConmonBench(runtime).container('yes');
    const pid = await container.create();
    const client = container.attach();
    client.packets.pause();
    container.start();
    await until('its log grows', () => existsSync(container.log) && readFileSync(container.log).length > 0);
    process.kill(pid, 'SIGKILL');
    expect(await container.exitFile()).toBe('137');
    await container.exitCommand();
    client.close();
  });
});
