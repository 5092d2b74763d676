import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConmonBench } from '../../support/conmon/conmon-bench.js';

const SCRIPT = 'echo out; echo err >&2; printf rest';
const RECORDS = ['', 'stderr F err', 'stdout F out', 'stdout P rest'];

function records(path: string): string[] {
  return readFileSync(path, 'utf8')
    .replace(/^\d{4}-\S{20,} /gm, '')
    .split('\n')
    .sort();
}

describe('what conmon is told to log to', () => {
  it.each([
    ['k8s-file:', 'k8s-file:'],
    ['a path', ''],
    [':', ':'],
  ])('may be a file: %s', async (_, prefix) => {
    const container = new ConmonBench('runc').container(SCRIPT);
    await container.createAndStart({ logs: [`${prefix}${container.log}`] });
    expect(await container.exitFile()).toBe('0');
    expect(records(container.log)).toEqual(RECORDS);
  });

  it('may be several files, and one that docker would read', async () => {
    const container = new ConmonBench('runc').container(SCRIPT);
    const [second, json] = [`${container.log}.2`, `${container.log}.json`];
    await container.createAndStart({
      logs: [`k8s-file:${container.log}`, second, `json-file:${json}`],
    });
    expect(await container.exitFile()).toBe('0');
    expect([records(container.log), records(second)]).toEqual([RECORDS, RECORDS]);
    const lines = readFileSync(json, 'utf8').trim().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as { log: string; stream: string });
    expect(parsed.map(({ log, stream }) => `${stream} ${log}`).sort()).toEqual([
      'stderr err\n',
      'stdout out\n',
      'stdout rest',
    ]);
  });

  it.each(['none', 'off', 'null', 'none:', 'off:'])('may be nothing: %s', async (none) => {
    const container = new ConmonBench('runc').container(SCRIPT);
    await container.create({ logs: [none] });
    const client = container.attach();
    container.start();
    expect(await client.all()).toEqual({ stdout: 'out\nrest', stderr: 'err\n' });
    expect(await container.exitFile()).toBe('0');
    expect([existsSync(container.log), existsSync(join(container.place, none))]).toEqual([false, false]);
  });

  it('is a file below the caller its directory if it is not absolute', async () => {
    const container = new ConmonBench('runc').container(SCRIPT);
    await container.createAndStart({ logs: ['k8s-file:here.log'] });
    expect(await container.exitFile()).toBe('0');
    expect(records(join(container.place, 'here.log'))).toEqual(RECORDS);
  });
});
