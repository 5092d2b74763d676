import { once } from 'node:events';
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { NumberedContainer } from '../support/numbered-container.js';
import { expectWhole, PRINT_UNTIL_GO, printLines, readLines } from '../support/numbered-lines.js';
import { RUNTIMES } from '../support/runtimes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const BUFFER = { maxBuffer: 1 << 30 };

/** The texts of one stream of a CRI file. */
function criLines(text: string, stream: 'stdout' | 'stderr'): string {
  const pattern = new RegExp(`^\\S+Z ${stream} F (.*)$`);
  return text
    .split('\n')
    .filter((line) => line.includes(` ${stream} `))
    .map((line) => pattern.exec(line)?.[1] ?? `not a whole record: ${line}`)
    .join('\n');
}

describe.each(RUNTIMES)('log files on real %s', (runtime) => {
  it("hold docker's JSON byte for byte, with labels, and are read back", async () => {
    const bench = new Workbench({ runtime });
    bench.writeConfig({ logs: [{ driver: 'file', options: { format: 'json', labels: ['app'] } }] });
    const script = `printf '<a>\\t"b" \\\\ \\377\\n'; printf 'no newline' >&2`;
    await bench.ok('run', '-d', '--label', 'app=web', '--label', 'other=x', '-b', bench.script('b', script), 'c1');
    await bench.ok('wait', 'c1');
    const file = readFileSync(join(bench.logRoot, 'default', 'c1', 'container.log'), 'utf8');
    const times = /"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,8}[1-9])?Z"/g;
    expect(file.replace(times, '"time":T').trim().split('\n').sort()).toEqual([
      '{"log":"\\u003ca\\u003e\\u0009\\"b\\" \\\\ \\ufffd\\n","stream":"stdout","attrs":{"app":"web"},"time":T}',
      '{"log":"no newline","stream":"stderr","attrs":{"app":"web"},"time":T}',
    ]);
    const { stdout, stderr } = await bench.shimctl(['logs', 'c1'], { stripFinalNewline: false });
    expect({ stdout, stderr }).toEqual({ stdout: '<a>\t"b" \\ \ufffd\n', stderr: 'no newline' });
    const records = (await bench.ok('--json', 'logs', '--stderr', 'c1')).split('\n');
    expect(records.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { type: 'entry', stream: 'stderr', text: 'no newline', partial: true },
    ]);
  });

  it('lose and tear no line when they are renamed and reopened under load, as kubelet does, nor does logs -f', async () => {
    const bench = new Workbench({ runtime });
    bench.writeConfig({ logs: [{ driver: 'file', options: { maxSize: -1 } }] });
    const container = new NumberedContainer(bench, 'c1', PRINT_UNTIL_GO);
    const log = join(bench.logRoot, 'default', 'c1', 'container.log');
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const follower = bench.shimctl(['logs', '-f', 'c1'], BUFFER);
    // Of a log that was renamed before nothing is read back.
    await once(follower.stdout, 'data');
    const files = [1, 2, 3].map((n) => `${log}.20250102-03040${n}`);
    for (const file of files) {
      renameSync(log, file);
      await until('the renamed file grows', growsFrom(file, statSync(file).size));
      await bench.ok('reopen-logs', 'c1');
      // Nothing is written to it from here on.
      const { size } = statSync(file);
      await until('the new file grows', growsFrom(log, 0));
      expect(statSync(file).size).toBe(size);
    }
    container.go();
    await bench.ok('wait', 'c1');
    const count = Number(container.read('count'));
    const contents = [...files, log].map((file) => readFileSync(file, 'latin1'));
    for (const text of contents) expect(text.endsWith('\n')).toBe(true);
    expectWhole(readLines(criLines(contents.join(''), 'stdout'), 'o'), count, 0);
    expectWhole(readLines(criLines(contents.join(''), 'stderr'), 'e'), count, 0);
    const followed = await follower;
    expect(followed.exitCode).toBe(0);
    expectWhole(readLines(String(followed.stdout), 'o'), count, 0);
    expectWhole(readLines(String(followed.stderr), 'e'), count, 0);
    expect((await bench.inspect('c1')).lost.records).toBe(0);
  });

  it('are followed over rotation and compression, and all of them read back', async () => {
    const bench = new Workbench({ runtime });
    bench.writeConfig({ logs: [{ driver: 'file', options: { maxSize: '64k', maxFiles: 60, compress: true } }] });
    const container = new NumberedContainer(bench, 'c1', `${printLines(0, 6000)}; echo 6000 > /out/count`);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    const { stdout, stderr, exitCode } = await bench.shimctl(['logs', '-f', 'c1'], BUFFER);
    expect(exitCode).toBe(0);
    expectWhole(readLines(String(stdout), 'o'), 6000, 0);
    expectWhole(readLines(String(stderr), 'e'), 6000, 0);
    await container.expectUnharmed(6000, 0);
    const directory = join(bench.logRoot, 'default', 'c1');
    const compressed = readdirSync(directory).filter((name) => name.endsWith('.gz'));
    expect(compressed.length).toBeGreaterThan(5);
    expect(readdirSync(directory)).not.toContain('container.log.gz.tmp');
    expect(gunzipSync(readFileSync(join(directory, compressed[0] as string))).toString()).toMatch(/^\S+Z std/);
    const tail = await bench.ok('logs', '--stdout', '--tail', '3000', 'c1');
    expect(readLines(tail, 'o').lost).toHaveLength(3000);
  });
});

describe('shimctl logs', () => {
  it('shows what lies between two times, and ends a follow when the later one has come', async () => {
    const bench = new Workbench();
    const container = new NumberedContainer(
      bench,
      'c1',
      'echo first; while [ ! -e /out/go ]; do sleep 0.02; done; echo second; while [ ! -e /out/end ]; do sleep 0.02; done',
    );
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    await until('the first line is there', async () => (await bench.ok('logs', 'c1')) === 'first');
    const between = (Date.now() / 1000).toFixed(3);
    container.go();
    await until('the second line is there', async () => (await bench.ok('logs', 'c1')) === 'first\nsecond');
    expect(await bench.ok('logs', '--since', between, 'c1')).toBe('second');
    expect(await bench.ok('logs', '--until', between, 'c1')).toBe('first');
    expect(await bench.ok('logs', '--since', '10m', '--tail', 'all', 'c1')).toBe('first\nsecond');
    const soon = new Date(Date.now() + 1500).toISOString();
    expect(await bench.ok('logs', '-f', '--since', between, '--until', soon, 'c1')).toBe('second');
    container.go('end');
    await bench.ok('wait', 'c1');
  });

  it.each([
    ['--since', 'tomorrow'],
    ['--until', '25:00'],
    ['--tail', 'some'],
  ])('refuses %s %s', async (option, value) => {
    const { exitCode, stderr } = await new Workbench().shimctl(['logs', option, value, 'c1']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`at: ${option}`);
  });
});

describe('a container without readable state', () => {
  it('leaves no default log when it is deleted by force', async () => {
    const bench = new Workbench();
    await bench.ok('run', '-d', '-b', bench.script('b', 'echo one; sleep 1000'), 'c1');
    const directory = join(bench.logRoot, 'default', 'c1');
    await until('it has a log', () => statSync(join(directory, 'container.log')).size > 0);
    const { shim } = await bench.inspect('c1');
    writeFileSync(join(bench.root, 'ns', 'default', 'c1', 'runtime.json'), '{"schema":1');
    process.kill(shim.pid, 'SIGKILL');
    await until('the next shim has seen it', async () => (await bench.inspect('c1')).status === 'unknown');
    await bench.ok('delete', '--force', 'c1');
    expect(readdirSync(bench.logRoot)).toEqual([]);
  });
});

function growsFrom(file: string, size: number): () => boolean {
  return () => statSync(file).size > size;
}
