import { describe, expect, it, onTestFinished } from 'vitest';
import { Rsyslog, RSYSLOGD } from '../support/rsyslog.js';
import { RUNTIMES } from '../support/runtimes.js';
import { TestCertificates } from '../support/test-certificates.js';
import { Workbench } from '../support/workbench.js';

const LINES = 500;
const COUNT = `i=0; while [ $i -lt ${LINES} ]; do echo "line $i"; i=$((i+1)); done`;
const EXPECTED = [...Array(LINES).keys()].map((i) => `line ${i}`);
const WHY = RSYSLOGD === undefined ? ' (skipped: rsyslog is not installed)' : '';

async function rsyslogd(certificates?: TestCertificates): Promise<Rsyslog> {
  const started = await Rsyslog.start(certificates);
  onTestFinished(() => started.remove());
  return started;
}

describe.skipIf(RSYSLOGD === undefined).each(RUNTIMES)(
  `a container on real %s that logs to a real rsyslogd${WHY}`,
  (runtime) => {
    it('has its output there when it has ended, by a setting of the command line', async () => {
      const rsyslog = await rsyslogd();
      const bench = new Workbench({ runtime });
      const log = `syslog,address=${rsyslog.tcp},tag={{.Name}}/holdfast,labels=role`;
      const bundle = bench.script('b', `${COUNT}; printf 'no newline' >&2`);
      await bench.ok('--log', log, 'run', '--label', 'role=front end', '-b', bundle, 'c1');
      const texts = await rsyslog.texts(LINES + 1);
      expect(texts.filter((text) => text !== 'no newline')).toEqual(EXPECTED);
      expect(texts).toContain('no newline');
      const [first] = rsyslog.messages();
      expect(first).toMatchObject({ priority: '30', tag: 'c1/holdfast' });
      expect(first?.data).toContain('[labels@32473 role="front end"]');
      expect((await bench.inspect('c1')).lost.records).toBe(0);
    });
  },
);

describe.skipIf(RSYSLOGD === undefined)(`logs of a real rsyslogd${WHY}`, () => {
  it('come over TLS, from a config', async () => {
    const certificates = new TestCertificates('syslog.test');
    onTestFinished(() => certificates.remove());
    const rsyslog = await rsyslogd(certificates);
    const bench = new Workbench();
    bench.writeConfig({ logs: [{ driver: 'syslog', options: { address: rsyslog.tls, ca: certificates.ca } }] });
    await bench.ok('run', '-b', bench.script('b', COUNT), 'c1');
    expect(await rsyslog.texts(LINES)).toEqual(EXPECTED);
  });

  it('cannot be read back, and shimctl says so', async () => {
    const rsyslog = await rsyslogd();
    const bench = new Workbench();
    await bench.ok('--log', `syslog,address=${rsyslog.unixgram}`, 'run', '-b', bench.script('b', 'echo one'), 'c1');
    expect(await rsyslog.texts(1)).toEqual([' one']);
    const { exitCode, stderr } = await bench.shimctl(['logs', 'c1']);
    expect(exitCode).not.toBe(0);
    expect(String(stderr)).toContain('SHIM_UNSUPPORTED');
  });
});

describe('a syslog server', () => {
  it('that is not there keeps the container from being created, and says what to do', async () => {
    const bench = new Workbench();
    const args = ['--log', 'syslog,address=tcp://127.0.0.1:1', 'run', '-d', '-b', bench.script('b', 'true'), 'c1'];
    const { exitCode, stderr } = await bench.shimctl(args);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/syslog server tcp:\/\/127\.0\.0\.1:1 refuses connections/);
    expect(stderr).toContain('SHIM_LOG_OPEN');
    expect(JSON.parse(await bench.ok('list', '--json'))).toEqual([]);
  });

  it('whose address has a mistake is refused before the container is made', async () => {
    const bench = new Workbench();
    const args = ['--log', 'syslog,address=tls://log', 'run', '-d', '-b', bench.script('b', 'true'), 'c1'];
    const { exitCode, stderr } = await bench.shimctl(args);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/address "tls:\/\/log": unknown scheme "tls"; did you mean tcp\+tls:\/\/\?/);
    expect(stderr).toContain('SHIM_CONFIG_INVALID');
  });

  it('needs a passphrase that nobody is shown', async () => {
    const bench = new Workbench();
    const tls = { cert: '/nowhere/c.pem', key: '/nowhere/k.pem', passphrase: 'open-sesame' };
    bench.writeConfig({ logs: [{ driver: 'syslog', options: { address: 'tcp+tls://127.0.0.1:1', ...tls } }] });
    const { stderr } = await bench.shimctl(['run', '-d', '-b', bench.script('b', 'true'), 'c1']);
    expect(stderr).toMatch(/cannot be reached without its certificates: .*\/nowhere\/[ck]\.pem/);
    const shown = await bench.ok('config', 'show');
    expect(shown).toContain('********');
    expect(`${String(stderr)}${shown}`).not.toContain('open-sesame');
  });
});
