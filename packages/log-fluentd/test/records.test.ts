import { describe, expect, it } from 'vitest';
import { lines, logsOf, useForward } from './support/test-log.js';

const forward = useForward();
const TIME = 1_735_787_045_000_000_006n;
const ALL_BYTES = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i))
  .filter((char) => char !== '\n')
  .join('');

describe('a record', () => {
  it("has docker's fields, the time with nanoseconds, and the tag", async () => {
    const receiver = await forward.receiver();
    const container = { id: '0123456789abcdef', annotations: { 'io.kubernetes.cri.container-name': 'web' } };
    const log = await forward.log(receiver, { container, options: { tag: 'docker.{{.Name}}.{{.ID}}' } });
    await log.write(['out\n'], 'stdout', TIME);
    await log.write(['err\n'], 'stderr', TIME + 1n);
    const own = { container_id: '0123456789abcdef', container_name: 'web' };
    expect(receiver.events).toEqual([
      { tag: 'docker.web.0123456789ab', time: TIME, record: { ...own, source: 'stdout', log: 'out' } },
      { tag: 'docker.web.0123456789ab', time: TIME + 1n, record: { ...own, source: 'stderr', log: 'err' } },
    ]);
  });

  it('has whole seconds if that is wanted', async () => {
    const receiver = await forward.receiver();
    const log = await forward.log(receiver, { options: { subSecondPrecision: false } });
    await log.write(['x\n'], 'stdout', TIME);
    expect(receiver.events[0]?.time).toBe(1_735_787_045_000_000_000n);
  });

  it('has chosen labels and annotations, and no label in the place of a field', async () => {
    const receiver = await forward.receiver();
    const labels = {
      app: 'größe\nx',
      other: 'no',
      'com.example/a': '1',
      'com.example/b': '2',
      log: 'mine',
      holdfast_x: '',
    };
    const container = { labels, annotations: { app: 'hidden', zone: 'z' } };
    const options = { labels: 'app, zone,log', labelsRegex: '^(com[.]|holdfast)' };
    const log = await forward.log(receiver, { container, options });
    await log.write(['x\n']);
    const { container_id, container_name, source, ...rest } = receiver.events[0]!.record;
    expect([container_id, container_name, source]).toEqual(['web', 'web', 'stdout']);
    expect(rest).toEqual({
      log: 'x',
      app: Buffer.from('größe\nx').toString('latin1'),
      zone: 'z',
      'com.example/a': '1',
      'com.example/b': '2',
    });
    expect(log.context.logger.complaints().join()).toContain('labels are no fields');
  });

  it('may have more than fifteen fields', async () => {
    const receiver = await forward.receiver();
    const labels = Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`label${i}`, `${i}`]));
    const log = await forward.log(receiver, { container: { labels }, options: { labelsRegex: '.' } });
    await log.write(['whole\n', 'piece']);
    expect(receiver.events.map(({ record }) => Object.keys(record).length)).toEqual([18, 22]);
  });

  it.each([
    ['every byte', [`${ALL_BYTES}\n`]],
    ['blank lines', ['\n', '\n', 'x\n', '\n']],
    ['no UTF-8', ['\xff\xfe\n', 'caf\xe9\n', '\xed\xa0\x80\n']],
    ['NULs and carriage returns', ['\0\n', 'a\0b\r\n']],
    [
      'lengths about those of the headers',
      [0, 1, 30, 31, 32, 33, 254, 255, 256, 65_534, 65_535, 65_536].map((n) => `${'x'.repeat(n)}\n`),
    ],
  ])('keeps its bytes: %s', async (_what, texts) => {
    const receiver = await forward.receiver();
    const log = await forward.log(receiver);
    await log.write(texts);
    expect(receiver.logs).toEqual(texts.map((text) => text.slice(0, -1)));
    expect(receiver.problems).toEqual([]);
  });

  it('of a MB is a chunk of its own', async () => {
    const receiver = await forward.receiver();
    const log = await forward.log(receiver);
    const long = 'a'.repeat(1_500_000);
    await log.write(['before\n', `${long}\n`, 'after\n']);
    expect(receiver.logs.map((text) => text.length)).toEqual([6, long.length, 5]);
    expect(receiver.messages).toHaveLength(3);
  });
});

describe('a line in pieces', () => {
  it("has docker's flags in all of them, and a whole line has none", async () => {
    const receiver = await forward.receiver();
    const log = await forward.log(receiver);
    await log.write(['whole\n', 'on']);
    await log.write(['other\n'], 'stderr');
    await log.write(['e mo']);
    await log.write(['re\n', 'last\n']);
    const flags = receiver.events.map(({ record }) => [
      record['log'],
      record['partial_message'],
      record['partial_ordinal'],
      record['partial_last'],
    ]);
    expect(flags).toEqual([
      ['whole', undefined, undefined, undefined],
      ['on', 'true', '1', 'false'],
      ['other', undefined, undefined, undefined],
      ['e mo', 'true', '2', 'false'],
      ['re', 'true', '3', 'true'],
      ['last', undefined, undefined, undefined],
    ]);
    const ids = receiver.events.map(({ record }) => record['partial_id']).filter((id) => id !== undefined);
    expect(new Set(ids).size).toBe(1);
    expect(ids).toHaveLength(3);
  });

  it('has another id than the next one, and than that of the other stream', async () => {
    const receiver = await forward.receiver();
    const log = await forward.log(receiver);
    await log.write(['a', 'b\n', 'c', 'd\n']);
    await log.write(['e'], 'stderr');
    const ids = receiver.events.map(({ record }) => record['partial_id']);
    expect([ids[0] === ids[1], ids[2] === ids[3], new Set(ids).size]).toEqual([true, true, 3]);
  });

  it('ends where the host lost records: what comes then is another line', async () => {
    const receiver = await forward.receiver();
    const log = await forward.log(receiver);
    await log.rewrite(['begin'], { sequence: 0 });
    await log.rewrite(['x\n'], { sequence: 5 });
    expect(receiver.events[1]?.record).not.toHaveProperty('partial_id');
  });
});

describe('a chunk', () => {
  it('is a batch, with the number of its records', async () => {
    const receiver = await forward.receiver();
    const log = await forward.log(receiver);
    await log.write(lines(1000));
    await log.write(lines(3, 1000));
    expect(receiver.messages.map(({ events }) => events.length)).toEqual([1000, 3]);
    expect(receiver.logs).toEqual(logsOf(1003));
  });

  it('asks for no ack if none is wanted', async () => {
    const receiver = await forward.receiver();
    const log = await forward.log(receiver, { options: { requestAck: false } });
    await log.write(lines(2));
    await log.close();
    await receiver.until(() => receiver.open === 0);
    expect(receiver.messages.map(({ chunk }) => chunk)).toEqual([undefined]);
    expect(receiver.logs).toEqual(logsOf(2));
  });

  it('may be compressed', async () => {
    const receiver = await forward.receiver();
    const log = await forward.log(receiver, { options: { compress: 'gzip' } });
    await log.write(lines(1000));
    await log.driver.gap({ stream: 'stdout', records: 1, bytes: 2, reason: 'x', from: TIME, to: TIME });
    expect(receiver.messages.map(({ compressed }) => compressed)).toEqual([true, true]);
    expect(receiver.logs).toEqual([...logsOf(1000), 'holdfast: 1 record (2 bytes) lost: x']);
  });
});

describe('a gap', () => {
  it('is a record that says what is missing', async () => {
    const receiver = await forward.receiver();
    const log = await forward.log(receiver, { container: { labels: { app: 'web' } }, options: { labels: ['app'] } });
    const loss = {
      stream: 'stderr',
      records: 3,
      bytes: 5_000_000_000,
      reason: 'queue full',
      from: TIME,
      to: TIME + 9n,
    } as const;
    await log.driver.gap(loss);
    expect(receiver.events).toEqual([
      {
        tag: 'web',
        time: TIME + 9n,
        record: {
          container_id: 'web',
          container_name: 'web',
          app: 'web',
          source: 'stderr',
          log: 'holdfast: 3 records (5000000000 bytes) lost: queue full',
          holdfast_lost_records: 3,
          holdfast_lost_bytes: 5_000_000_000,
          holdfast_reason: 'queue full',
        },
      },
    ]);
  });
});
