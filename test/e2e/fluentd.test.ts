import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ForwardReceiver, type ForwardReceiverOptions } from '../support/forward-receiver.js';
import { RUNTIMES } from '../support/runtimes.js';
import { Workbench } from '../support/workbench.js';

const LINES = 500;
const COUNT = `i=0; while [ $i -lt ${LINES} ]; do echo "line $i"; i=$((i+1)); done`;

async function receiver(options?: ForwardReceiverOptions): Promise<ForwardReceiver> {
  const started = await ForwardReceiver.start(options);
  onTestFinished(() => started.stop());
  return started;
}

/** The logs of one stream, in order. */
function logsOf({ events }: ForwardReceiver, source: string): unknown[] {
  return events.filter(({ record }) => record['source'] === source).map(({ record }) => record['log']);
}

describe.each(RUNTIMES)('a receiver of the forward protocol and a container on real %s', (runtime) => {
  it('has all of its output, in order, with tag and labels', async () => {
    const forward = await receiver();
    const bench = new Workbench({ runtime });
    const log = `fluentd,address=${forward.address},tag=docker.{{.Name}},labels=role`;
    const bundle = bench.script('b', `${COUNT}; printf 'no newline' >&2`);
    await bench.ok('--log', log, 'run', '-d', '--label', 'role=front', '-b', bundle, 'c1');
    await bench.ok('wait', 'c1');
    expect(logsOf(forward, 'stdout')).toEqual(Array.from({ length: LINES }, (_, i) => `line ${i}`));
    expect(logsOf(forward, 'stderr')).toEqual(['no newline']);
    expect(forward.events.at(0)).toMatchObject({
      tag: 'docker.c1',
      record: { container_id: 'c1', container_name: 'c1', role: 'front' },
    });
    expect(forward.events.find(({ record }) => record['source'] === 'stderr')?.record).toMatchObject({
      partial_message: 'true',
      partial_last: 'false',
    });
    expect(forward.problems).toEqual([]);
    expect((await bench.inspect('c1')).lost.records).toBe(0);
  });
});

describe('the fluentd driver', () => {
  it('shows no secret, and shakes hands with it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'hf-forward-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'forward.sock');
    const forward = await receiver({ path, security: { sharedKey: 'open sesame' } });
    const bench = new Workbench();
    const options = { address: forward.address, sharedKey: 'open sesame' };
    bench.writeConfig({ logs: [{ driver: 'fluentd', options }] });
    await bench.ok('run', '-d', '-b', bench.script('b', 'echo hello'), 'c1');
    await bench.ok('wait', 'c1');
    expect(forward.logs).toEqual(['hello']);
    for (const command of [
      ['inspect', 'c1'],
      ['config', 'show'],
    ]) {
      expect(await bench.ok(...command)).not.toContain('open sesame');
    }
  });

  it('keeps a container from being created if nobody listens, and says what to do', async () => {
    const forward = await receiver();
    await forward.stop();
    const bench = new Workbench();
    const args = ['--log', `fluentd,address=${forward.address}`, 'run', '-d', '-b', bench.script('b', 'true'), 'c1'];
    const { exitCode, stderr } = await bench.shimctl(args);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(`the receiver at tcp://${forward.address} is not there`);
    expect(stderr).toContain('SHIM_LOG_OPEN');
    expect(stderr).toContain('correct "address"');
    expect(JSON.parse(await bench.ok('list', '--json'))).toEqual([]);
  });

  it('has no logs to read back, and says so', async () => {
    const forward = await receiver();
    const bench = new Workbench();
    const log = `fluentd,address=${forward.address}`;
    await bench.ok('--log', log, 'run', '-d', '-b', bench.script('b', 'echo x'), 'c1');
    await bench.ok('wait', 'c1');
    const { exitCode, stderr } = await bench.shimctl(['logs', 'c1']);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('SHIM_UNSUPPORTED');
  });
});
