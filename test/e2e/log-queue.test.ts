import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NumberedContainer } from '../support/numbered-container.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const LINES = 3_000;

/** A third party's driver that takes what comes until a record says `hang`, and that one never. */
const HANGING = `import { definePlugin } from '@holdfast/core/plugin';
export default definePlugin({ kind: 'log-driver', name: 'hanging', apiVersion: 1,
  optionsSchema: { type: 'object', additionalProperties: false },
  create: () => ({
    write: (batch) => (batch.bytes.includes('hang') ? new Promise(() => undefined) : undefined),
    flush: async () => undefined,
    close: async () => ({ lost: 0 }),
  }) });`;

function withHangingDriver(queue: object, limits: object = {}): Workbench {
  const bench = new Workbench();
  const project = join(bench.directory, 'project');
  mkdirSync(join(project, 'node_modules', '@holdfast'), { recursive: true });
  symlinkSync(join(REPOSITORY, 'packages', 'core'), join(project, 'node_modules', '@holdfast', 'core'));
  writeFileSync(join(project, 'hanging.mjs'), HANGING);
  bench.writeConfig({ logs: [{ driver: 'file' }, { driver: './project/hanging.mjs', queue }], limits });
  return bench;
}

describe('a log driver that hangs beside the file', () => {
  it('holds up neither kill, stop, the exit nor logs', async () => {
    const bench = withHangingDriver({ mode: 'drop-newest', size: '1m' }, { logTimeout: '500ms' });
    const script = 'trap "echo last; exit 9" TERM; trap "echo one" USR1; echo hang; while :; do sleep 0.1; done';
    await bench.ok('run', '-d', '-b', bench.script('b', script), 'c1');
    const logged = (text: string) => async () => (await bench.ok('logs', 'c1')).includes(text);
    await until('the first line is logged', logged('hang'));
    await bench.ok('kill', 'c1', 'USR1');
    await until('what came behind it is logged', logged('one'));
    await bench.ok('stop', 'c1');
    expect(await bench.ok('logs', 'c1')).toBe('hang\none\nlast');
    const { exitCode, lost } = await bench.inspect('c1');
    expect({ exitCode, records: lost.records, drivers: Object.keys(lost.byDriver) }).toEqual({
      exitCode: 9,
      records: 3,
      drivers: ['hanging'],
    });
  });

  it('loses what is in its queue when shimd is killed: it is counted, and the counts add up', async () => {
    const bench = withHangingDriver({ mode: 'drop-newest', size: '20k' }, { logTimeout: '60s' });
    const script = `echo hang; i=0; while [ $i -lt ${LINES} ]; do echo "line $i"; i=$((i+1)); done
      until [ -e /out/go ]; do sleep 0.05; done; echo last`;
    const container = new NumberedContainer(bench, 'c1', script);
    await bench.ok('run', '-d', '-b', container.bundle, 'c1');
    await until('all is logged', async () => (await bench.ok('logs', 'c1')).endsWith(`line ${LINES - 1}`));
    const { shim } = await bench.inspect('c1');
    process.kill(shim.pid, 'SIGKILL');
    await until('another shimd serves', async () => (await bench.inspect('c1')).shim.pid !== shim.pid);
    container.go();
    await bench.ok('wait', 'c1');
    const { lost } = await bench.inspect('c1');
    const causes = lost.byDriver.hanging?.causes ?? [];
    expect(causes.map(({ reason }) => reason)).toContain('shimd was killed');
    // All but the last line, which the next instance got.
    expect(lost.records).toBe(1 + LINES);
    const lines = (await bench.ok('logs', 'c1')).split('\n');
    expect(lines).toHaveLength(LINES + 2);
  });
});
