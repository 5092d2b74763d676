import { describe, expect, it, onTestFinished } from 'vitest';
import { PrivateJournald } from '../support/journald.js';
import { RUNTIMES } from '../support/runtimes.js';
import { until } from '../support/until.js';
import { Workbench } from '../support/workbench.js';

const LINES = 500;
const COUNT = `i=0; while [ $i -lt ${LINES} ]; do echo "line $i"; i=$((i+1)); done`;
const EXPECTED = [...Array(LINES).keys()].map((i) => `line ${i}`).join('\n');

async function journald(...settings: Parameters<typeof PrivateJournald.start>): Promise<PrivateJournald> {
  const started = await PrivateJournald.start(...settings);
  onTestFinished(() => started.remove());
  return started;
}

describe.each(RUNTIMES)('the journal of a container on real %s', (runtime) => {
  it('has its output with tag and labels, and shimctl reads it back', async () => {
    const journal = await journald();
    const bench = new Workbench({ runtime });
    const log = `journald,namespace=${journal.namespace},tag={{.Name}}/holdfast,labels=role`;
    const bundle = bench.script('b', `${COUNT}; printf 'no newline' >&2`);
    const args = ['--log', log, 'run', '-d', '--label', 'role=front\nend', '-b', bundle, 'c1'];
    await bench.ok(...args);
    await bench.ok('wait', 'c1');
    const { stdout, stderr } = await bench.shimctl(['logs', 'c1'], { stripFinalNewline: false });
    expect({ stdout, stderr }).toEqual({ stdout: `${EXPECTED}\n`, stderr: 'no newline' });
    expect(await bench.ok('logs', '--tail', '2', '--stdout', 'c1')).toBe('line 498\nline 499');
    expect((await bench.inspect('c1')).lost.records).toBe(0);
    const [first] = await journal.entries('CONTAINER_ID_FULL=c1');
    expect(first).toMatchObject({
      MESSAGE: 'line 0',
      CONTAINER_TAG: 'c1/holdfast',
      SYSLOG_IDENTIFIER: 'c1/holdfast',
      CONTAINER_STREAM: 'stdout',
      HOLDFAST_NAMESPACE: 'default',
      ROLE: 'front\nend',
    });
  });

  it('is followed until the container has ended', async () => {
    const journal = await journald();
    const bench = new Workbench({ runtime });
    const log = `journald,namespace=${journal.namespace}`;
    const bundle = bench.script('b', 'echo first; read x < /proc/1/fd/0; echo second');
    await bench.shimctl(['--log', log, 'create', '-b', bundle, 'c1']);
    const follower = bench.shimctl(['logs', '-f', 'c1']);
    await bench.ok('start', 'c1');
    const { exitCode, stdout } = await follower;
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'first\nsecond' });
  });
});

describe('a journald', () => {
  it('that is not there keeps the container from being created, and says what to do', async () => {
    const bench = new Workbench();
    const args = ['--log', 'journald,namespace=holdfast-absent', 'run', '-d', '-b', bench.script('b', 'true'), 'c1'];
    const { exitCode, stderr } = await bench.shimctl(args);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/journald at \/run\/systemd\/journal\.holdfast-absent\/socket is not there/);
    expect(stderr).toMatch(/systemctl start systemd-journald@holdfast-absent\.socket.*/s);
    expect(stderr).toContain('SHIM_LOG_OPEN');
    expect(JSON.parse(await bench.ok('list', '--json'))).toEqual([]);
  });

  it('that is killed and started again costs nothing that it had not taken; the container never notices', async () => {
    const journal = await journald();
    const bench = new Workbench();
    const script = 'echo one; while [ ! -e /run/go ]; do sleep 0.05; done; echo two';
    bench.writeConfig({
      limits: { logTimeout: '30s' },
      logs: [{ driver: 'journald', options: { namespace: journal.namespace } }],
    });
    const go = bench.tmpfs('run', '64k');
    const mounts = [{ source: go, destination: '/run' }];
    await bench.ok('run', '-d', '-b', bench.script('b', script, { mounts }), 'c1');
    await until('the first line is there', async () => (await bench.ok('logs', 'c1')) === 'one');
    await journal.kill();
    await bench.ok('exec', 'c1', '--', 'sh', '-c', 'echo > /run/go');
    await journal.start();
    await bench.ok('wait', 'c1');
    expect(await bench.ok('logs', 'c1')).toBe('one\ntwo');
    expect((await bench.inspect('c1')).lost.records).toBe(0);
    await bench.ok('delete', 'c1');
  });

  it('that stops answering costs records that are counted, and is seen as a gap', async () => {
    const journal = await journald();
    const bench = new Workbench();
    const log = { driver: 'journald', options: { namespace: journal.namespace } };
    bench.writeConfig({ limits: { logTimeout: '500ms' }, logs: [log] });
    const go = bench.tmpfs('run', '64k');
    const mounts = [{ source: go, destination: '/run' }];
    const script = 'while [ ! -e /run/go ]; do echo line; sleep 0.02; done; echo last';
    await bench.ok('run', '-d', '-b', bench.script('b', script, { mounts }), 'c1');
    await until('the first line is there', async () => (await bench.ok('logs', 'c1')).startsWith('line'));
    journal.signal('SIGSTOP');
    await until('records are lost and counted', async () => (await bench.inspect('c1')).lost.records > 0);
    expect((await bench.inspect('c1')).lost.byDriver['journald']?.reason).toBe('EAGAIN');
    expect(await bench.inspect('c1')).toMatchObject({ status: 'running', exitCode: null });
    journal.signal('SIGCONT');
    await bench.ok('exec', 'c1', '--', 'sh', '-c', 'echo > /run/go');
    await bench.ok('wait', 'c1');
    const { stdout, stderr } = await bench.shimctl(['logs', 'c1']);
    expect(String(stdout)).toMatch(/line\nlast$/);
    const lost = (await bench.inspect('c1')).lost.records;
    expect(String(stderr)).toContain(`${lost} log record`);
    await bench.ok('delete', 'c1');
  });
});

describe('a tag template', () => {
  it('with an error is refused before the container is made, and the position named', async () => {
    const bench = new Workbench();
    const args = ['--log', 'journald,tag=a-{{.Nmae}}', 'run', '-d', '-b', bench.script('b', 'true'), 'c1'];
    const { exitCode, stderr } = await bench.shimctl(args);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/tag "a-\{\{\.Nmae\}\}", position 5: unknown field "\.Nmae"/);
    expect(stderr).toContain('SHIM_CONFIG_INVALID');
    expect(JSON.parse(await bench.ok('list', '--json'))).toEqual([]);
  });
});
