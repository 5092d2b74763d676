import { describe, expect, test } from 'vitest';
import { NumberedContainer } from '../support/numbered-container.js';
import { expectWhole, ofProcess, printLines, readLines, WAIT_FOR_GO } from '../support/numbered-lines.js';
import { RUNTIMES } from '../support/runtimes.js';
import { killShimd } from '../support/shim-processes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const WAIT_FOR_END = WAIT_FOR_GO.replace('/out/go', '/out/end');

/** An attached client that only watches. */
class Watching {
  stdout = '';
  stderr = '';
  readonly exitCode: Promise<number | undefined>;
  readonly #process;

  constructor(bench: Workbench, flags: readonly string[]) {
    this.#process = bench.shimctl(['attach', '--no-stdin', ...flags, 'c1'], { buffer: false });
    this.#process.stdout?.on('data', (bytes: Buffer) => (this.stdout += bytes.toString('latin1')));
    this.#process.stderr?.on('data', (bytes: Buffer) => (this.stderr += bytes.toString('latin1')));
    this.exitCode = this.#process.then(({ exitCode }) => exitCode);
  }

  pause(): void {
    this.#process.stdout?.pause();
  }

  resume(): void {
    this.#process.stdout?.resume();
  }

  /** Bytes that it was told it does not get. */
  get missed(): number {
    const remarks = this.stderr.matchAll(/^shimctl: ([0-9]+) bytes of output are missing here/gm);
    return [...remarks].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
  }
}

const whole = (count: number) => ({ lines: count, lost: [], torn: [], doubled: [] });

describe.each(RUNTIMES)('attached clients, on real %s', (runtime) => {
  test('--logs: what came before and what comes meet without a line lost or doubled, whenever it is asked for', async () => {
    const bench = new Workbench({ runtime });
    const script = `${printLines(0, 1_500)}; ${WAIT_FOR_GO}; ${printLines(1_500, 3_000)}; ${WAIT_FOR_END}; exit 3`;
    const container = new NumberedContainer(bench, 'c1', script);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const clients: Watching[] = [];
    const come = (): void => void clients.push(new Watching(bench, ['--logs']));
    const allHave = (line: string): Promise<unknown> =>
      until(`all have ${line}`, () => clients.every(({ stderr }) => stderr.includes(`${line} `)));
    // Some come while it prints, one while it is silent, some as it goes on.
    come();
    come();
    come();
    await allHave('e 1499');
    come();
    await allHave('e 1499');
    container.go();
    come();
    come();
    await allHave('e 2999');
    container.go('end');
    for (const client of clients) {
      expect(await client.exitCode).toBe(3);
      expect(readLines(client.stdout, 'o')).toEqual(whole(3_000));
      expect(readLines(client.stderr, 'e')).toEqual(whole(3_000));
    }
  });

  test('--logs: the beginning of a line that is in no record yet is shown once', async () => {
    const bench = new Workbench({ runtime });
    const container = new NumberedContainer(bench, 'c1', `echo first; printf 'name? '; ${WAIT_FOR_GO}; echo over`);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const client = bench.shimctl(['attach', '--no-stdin', '--logs', 'c1']);
    let shown = '';
    client.stdout?.on('data', (bytes: Buffer) => (shown += bytes.toString()));
    await until('the prompt is shown', () => shown.includes('name? '));
    container.go();
    expect((await client).stdout).toBe('first\nname? over');
  });

  test('a client that reads nothing slows nobody, and each is told what it missed', async () => {
    const bench = new Workbench({ runtime });
    const print = "dd if=/dev/zero bs=1M count=8 2>/dev/null | tr '\\0' x";
    const script = `echo hello; ${WAIT_FOR_GO}; ${print}; touch /out/over; ${WAIT_FOR_END}; exit 4`;
    const container = new NumberedContainer(bench, 'c1', script);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const stuck = new Watching(bench, ['--logs']);
    const reading = new Watching(bench, ['--logs']);
    await until('both are attached', () => [stuck, reading].every(({ stdout }) => stdout === 'hello\n'));
    stuck.pause();
    container.go();
    await until('the container has written all', () => container.has('over'));
    container.go('end');
    expect(await reading.exitCode).toBe(4);
    stuck.resume();
    expect(await stuck.exitCode).toBe(4);
    expect(stuck.missed).toBeGreaterThan(1 << 20);
    for (const client of [stuck, reading]) expect(client.stdout.length + client.missed).toBe((8 << 20) + 6);
  });

  test('a client that only watches misses nothing over deaths of shimd', async () => {
    const bench = new Workbench({ runtime });
    const script = `${WAIT_FOR_GO}; ${printLines(0, 600, 'sleep 0.004')}; exit 5`;
    const container = new NumberedContainer(bench, 'c1', script);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const { shim } = await bench.inspect('c1');
    const client = new Watching(bench, ['--logs']);
    const other = new Watching(bench, ['--logs']);
    container.go();
    for (const line of ['e 100 ', 'e 250 ', 'e 400 ']) {
      await until(`both have ${line}`, () => [client, other].every(({ stderr }) => stderr.includes(line)));
      await killShimd(shim.keeperPid);
    }
    for (const watching of [client, other]) {
      expect(await watching.exitCode).toBe(5);
      expectWhole(readLines(watching.stdout, 'o'), 600, 3);
      expectWhole(readLines(ofProcess(watching.stderr, 3), 'e'), 600, 3);
    }
  });

  test('clients are connected again after a death of shimd, and say so in one line', async () => {
    const bench = new Workbench({ runtime });
    const container = new NumberedContainer(
      bench,
      'c1',
      `${printLines(0, 10)}; ${WAIT_FOR_GO}; ${printLines(10, 20)}; exit 6`,
    );
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const { shim } = await bench.inspect('c1');
    const clients = [0, 1].map(() => bench.shimctl(['attach', '--no-stdin', '--logs', 'c1']));
    const shown = clients.map(() => '');
    clients.forEach((client, i) => client.stderr?.on('data', (bytes: Buffer) => (shown[i] += bytes.toString())));
    await until('both have what came before', () => shown.every((text) => text.includes('e 9 ')));
    await killShimd(shim.keeperPid);
    await until('both are connected again', () => shown.every((text) => text.includes('connected to it')));
    container.go();
    for (const { exitCode, stdout, stderr } of await Promise.all(clients)) {
      expect(exitCode).toBe(6);
      expect(readLines(String(stdout), 'o')).toEqual(whole(20));
      expect(readLines(ofProcess(stderr), 'e')).toEqual(whole(20));
    }
  });

  test('any may type, one may go in the middle, and --leave-stdin-open leaves it to the next', async () => {
    const bench = new Workbench({ runtime });
    const bundle = bench.script('b', 'while read line; do echo "got $line"; done; exit 7');
    const first = bench.shimctl(['run', '-i', '--leave-stdin-open', '-b', bundle, 'c1'], {
      stdin: 'pipe',
      input: 'one\n',
    });
    await until('the first was heard', async () => (await bench.shimctl(['logs', 'c1'])).stdout?.includes('got one'));
    const second = bench.shimctl(['attach', '--leave-stdin-open', '--no-sig-proxy', 'c1'], {
      stdin: 'pipe',
      input: 'two\n',
    });
    await until('the second was heard', async () => (await bench.ok('logs', 'c1')).includes('got two'));
    second.kill('SIGTERM');
    expect((await second).exitCode).toBe(143);
    const third = await bench.shimctl(['attach', 'c1'], { stdin: 'pipe', input: 'three\n' });
    expect(third.exitCode).toBe(7);
    expect((await first).exitCode).toBe(7);
    expect(await bench.ok('logs', 'c1')).toBe('got one\ngot two\ngot three');
  });
});
