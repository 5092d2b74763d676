import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ContainerDocument } from '@holdfast/core/client';
import { OtlpReceiver } from '../support/otlp-receiver.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const PACKAGE = join(import.meta.dirname, '..', '..', 'packages', 'log-otlp');
const SECRET = 'Bearer c2VjcmV0';

/** As `npm install @holdfast/log-otlp` beside the config leaves it. */
function withPackage(): Workbench {
  const bench = new Workbench();
  const scope = join(bench.directory, 'node_modules', '@holdfast');
  mkdirSync(scope, { recursive: true });
  symlinkSync(PACKAGE, join(scope, 'log-otlp'));
  return bench;
}

async function collector(): Promise<OtlpReceiver> {
  const receiver = await OtlpReceiver.start();
  onTestFinished(() => receiver.close());
  return receiver;
}

describe('the installed package @holdfast/log-otlp', () => {
  it('sends what a container prints to a collector, next to its log file', async () => {
    const bench = withPackage();
    const receiver = await collector();
    const options = { endpoint: receiver.url, headers: { Authorization: SECRET }, labels: 'role' };
    bench.writeConfig({ logs: [{ driver: 'file' }, { driver: '@holdfast/log-otlp', options }] });
    const script = "echo one; echo bad >&2; printf 'caf\\351\\n'; printf end; exit 3";
    const { exitCode } = await bench.shimctl(['run', '--label', 'role=web', '-b', bench.script('b', script), 'c1']);
    expect(exitCode).toBe(3);
    expect(receiver.errors).toEqual([]);
    const of = (stream: string): unknown[] =>
      receiver.records.filter(({ attributes }) => attributes.get('log.iostream') === stream).map(({ body }) => body);
    expect(of('stdout')).toEqual(['one', Buffer.from('caf\xe9', 'latin1'), 'end']);
    expect(of('stderr')).toEqual(['bad']);
    expect(Object.fromEntries(receiver.records[0]!.resource)).toMatchObject({
      'service.name': 'c1',
      'container.id': 'c1',
      'container.label.role': 'web',
    });
    expect(receiver.requests.every(({ headers }) => headers.authorization === SECRET)).toBe(true);
    expect(await bench.ok('logs', '--stdout', 'c1')).toContain('one\n');
    const inspected = await bench.ok('inspect', 'c1');
    expect((JSON.parse(inspected) as ContainerDocument).lost.records).toBe(0);
    expect(inspected + (await bench.ok('config', 'show'))).not.toContain(SECRET);
    await until('the connection ends with the log', async () => (await receiver.connections()) === 0);
  });

  it('is called otlp when it is listed under "plugins"; without a collector the container runs all the same', async () => {
    const bench = withPackage();
    const options = { endpoint: 'http://127.0.0.1:1' };
    const limits = { logTimeout: '1s' };
    bench.writeConfig({
      plugins: ['@holdfast/log-otlp'],
      logs: [{ driver: 'file' }, { driver: 'otlp', options }],
      limits,
    });
    const { exitCode } = await bench.shimctl(['run', '-b', bench.script('b', 'echo one; echo two; exit 3'), 'c1']);
    expect(exitCode).toBe(3);
    expect(await bench.ok('logs', 'c1')).toBe('one\ntwo');
    expect((await bench.inspect('c1')).lost.byDriver).toMatchObject({ otlp: { records: 2 } });
  });

  it('is not started with options that can work for nobody', async () => {
    const bench = withPackage();
    bench.writeConfig({ logs: [{ driver: '@holdfast/log-otlp', options: { endpoint: 'localhost:4318' } }] });
    const { exitCode, stderr } = await bench.shimctl(['run', '-b', bench.script('b', 'true'), 'c1']);
    expect(exitCode).toBe(125);
    expect(stderr).toContain('logs[0].options.endpoint');
    expect(JSON.parse(await bench.ok('list', '--json'))).toEqual([]);
  });
});
