import { afterAll, afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Rsyslog, RSYSLOGD } from '../../../test/support/rsyslog.js';
import { TestCertificates } from '../../../test/support/test-certificates.js';
import { until } from '../../../test/support/until.js';
import type { SyslogOptions } from '../src/options/schema.js';
import { lines, TestLog } from './support/test-log.js';

const LINES = 100_000;
const BATCH = 1000;
const certificates = new TestCertificates('syslog.test');
afterAll(() => certificates.remove());

const WHY = RSYSLOGD === undefined ? ' (skipped: rsyslog is not installed)' : '';

describe.skipIf(RSYSLOGD === undefined)(`a real rsyslogd${WHY}`, () => {
  let rsyslog: Rsyslog;
  beforeEach(async () => {
    rsyslog = await Rsyslog.start(certificates);
  });
  afterEach(() => rsyslog.remove());

  async function logTo(way: Way, options: Partial<SyslogOptions> = {}): Promise<TestLog> {
    const address = rsyslog[way];
    const tls = way === 'tls' ? { ca: certificates.ca } : {};
    const log = await TestLog.open({ tag: 'web', address, ...tls, ...options }, { callTimeoutMs: 20_000 });
    onTestFinished(async () => void (await log.close()));
    return log;
  }

  it.each<[Way, Partial<SyslogOptions>]>([
    ['udp', {}],
    ['tcp', {}],
    ['tcp', { framing: 'newline' }],
    ['tls', {}],
    ['udp', { format: 'rfc3164' }],
    ['tcp', { format: 'rfc3164' }],
    ['unixgram', {}],
  ])('over %s with %j takes the bytes as they are, with priority and tag', async (way, options) => {
    const log = await logTo(way, options);
    const odd = [
      'a "b" [c] \\\n',
      'caf\xe9 \xff\xfe\n',
      'gr\xc3\xbc\xc3\x9fe\n',
      'a\x01\x1b[0m\tb\r\n',
      '\n',
      ' two  \n',
    ];
    await log.write(odd);
    await log.write(['error\n'], 'stderr');
    const texts = await rsyslog.texts(odd.length + 1);
    // Of the old format rsyslog keeps the space behind the tag.
    const space = options.format === 'rfc3164' || way === 'unixgram' ? ' ' : '';
    expect(texts).toEqual([...odd, 'error\n'].map((text) => space + text.slice(0, -1)));
    const [first, , , , , , last] = rsyslog.messages();
    expect(first).toMatchObject({ priority: '30', tag: expect.stringMatching(/^web:?$/) as string });
    expect(last).toMatchObject({ priority: '27' });
  });

  it('over tcp takes NULs within a line, which it writes in its own way, and structured data', async () => {
    const log = await logTo('tcp');
    await log.write(['a\0b\n', 'tw', 'o\n']);
    expect(await rsyslog.texts(3)).toEqual(['a#000b', 'tw', 'o']);
    const data = rsyslog.messages().map((message) => message.data);
    expect(data[0]).toBe('[container@32473 id="web" namespace="default" name="web"][meta sequenceId="1"]');
    expect(data[1]).toMatch(/\[meta sequenceId="2"\]\[partial@32473 id="[0-9a-f]+\.1" ordinal="1" last="false"\]$/);
  });

  it('over a unix socket understands RFC 5424 too', async () => {
    const log = await logTo('unixgram', { format: 'rfc5424micro' });
    await log.write(['one\n']);
    expect((await rsyslog.texts(1))[0]).toContain('one');
  });

  it.each<Way>(['tcp', 'tls', 'unixgram'])(
    'over %s loses nothing that is written while it is restarted',
    async (way) => {
      const log = await logTo(way);
      await log.write(lines(100));
      await rsyslog.texts(100);
      await rsyslog.stop();
      if (way !== 'unixgram') await until('the driver knows', () => log.context.logger.complaints().length > 0);
      const writing = log.write(lines(100, 100));
      await rsyslog.start();
      await writing;
      expect(await log.close()).toBe(0);
      expect((await rsyslog.texts(200)).map((text) => `${text.trim()}\n`)).toEqual(lines(200));
    },
  );

  it.each<Way>(['tcp', 'tls'])(
    'over %s gets 100 000 lines, all, in order',
    async (way) => {
      const log = await logTo(way);
      for (let from = 0; from < LINES; from += BATCH) await log.write(lines(BATCH, from));
      expect(await log.close()).toBe(0);
      const texts = await rsyslog.texts(LINES, 60_000);
      expect(texts.map((text) => `${text}\n`).join('') === lines(LINES).join('')).toBe(true);
    },
    90_000,
  );
});

type Way = 'udp' | 'tcp' | 'tls' | 'unixgram';
