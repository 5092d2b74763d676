import { hostname } from 'node:os';
import { batchOf, BATCH_TIME, lineOf, textBatch } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { bare, connectedLog, lines, openLog } from './support/open-log.js';

const PROTOCOLS = ['http/protobuf', 'http/json'] as const;
const EVERY_BYTE = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i))
  .filter((char) => char !== '\n')
  .join('');

describe.each(PROTOCOLS)('records over %s', (protocol) => {
  it('have their time, severity, stream, and what is known of their container', async () => {
    const labels = { role: 'web', other: 'x' };
    const { driver, receiver } = await connectedLog(
      {
        protocol,
        labels: ['role'],
        resource: { 'deployment.environment.name': 'test', weight: 7, ratio: 0.5, on: true },
      },
      { id: 'c1', namespace: 'prod', labels, annotations: { 'io.kubernetes.cri.container-name': 'shop' } },
    );
    await driver.write(textBatch(['one\n', 'tw']));
    await driver.write(textBatch(['bad\n'], { stream: 'stderr', time: BATCH_TIME + 1n }));
    expect(receiver.errors).toEqual([]);
    expect(receiver.records.map(({ body, time, observed, severity }) => [body, time, observed, severity])).toEqual([
      ['one', BATCH_TIME, BATCH_TIME, 9],
      ['tw', BATCH_TIME, BATCH_TIME, 9],
      ['bad', BATCH_TIME + 1n, BATCH_TIME + 1n, 17],
    ]);
    expect(receiver.records.map(({ attributes }) => Object.fromEntries(attributes))).toEqual([
      { 'log.iostream': 'stdout' },
      { 'log.iostream': 'stdout', 'holdfast.partial': true },
      { 'log.iostream': 'stderr' },
    ]);
    expect(Object.fromEntries(receiver.records[0]!.resource)).toEqual({
      'service.name': 'shop',
      'container.id': 'c1',
      'container.name': 'shop',
      'host.name': hostname(),
      'holdfast.namespace': 'prod',
      'container.label.role': 'web',
      'deployment.environment.name': 'test',
      weight: 7n,
      ratio: 0.5,
      on: true,
    });
    expect(receiver.records[0]!.scope).toBe('@holdfast/log-otlp');
  });

  it('are text if they are UTF-8, and otherwise bytes, unchanged', async () => {
    const { driver, receiver } = await connectedLog({ protocol });
    const texts = ['gr\u00fc\u00dfe \u{1f600}', 'a\0b', '\ufeffbom', '', '\r', '"\\{}\u2028'].map((text) =>
      Buffer.from(text),
    );
    const bytes = ['\xff\xfe', 'caf\xe9', '\xc3', '\xed\xa0\x80', '\xf4\x90\x80\x80', EVERY_BYTE].map((text) =>
      Buffer.from(text, 'latin1'),
    );
    await driver.write(batchOf([...texts, ...bytes].map((line) => ({ bytes: line, partial: false }))));
    expect(receiver.errors).toEqual([]);
    expect(receiver.records.map(({ body }) => body)).toEqual([...texts.map(String), ...bytes]);
  });

  it('of 100 000 lines all come, in order, over one connection', async () => {
    const { driver, receiver } = await connectedLog({ protocol });
    const all = lines(100_000);
    const size = driver.batchRecords ?? all.length;
    for (let i = 0; i < all.length; i += size) await driver.write(textBatch(all.slice(i, i + size), { sequence: i }));
    expect(await driver.close('drained', new AbortController().signal)).toEqual({ lost: 0 });
    // Compared by hand: a difference of 100 000 lines is not to be printed.
    expect(receiver.texts().join('\n') === bare(all).join('\n')).toBe(true);
    expect(new Set(receiver.requests.map(({ connection }) => connection))).toEqual(new Set([1]));
  });

  it('of the largest size come whole', async () => {
    const { driver, receiver } = await connectedLog({ protocol });
    const texts = [`${'x'.repeat(256 << 10)}`, `${'\xff'.repeat(256 << 10)}\n`];
    await driver.write(textBatch(texts));
    expect(receiver.texts().join('') === bare(texts).join('')).toBe(true);
  });

  it('can be compressed', async () => {
    const { driver, receiver } = await connectedLog({ protocol, compression: 'gzip' });
    const all = lines(500);
    await driver.write(textBatch(all));
    expect(receiver.errors).toEqual([]);
    expect(receiver.texts()).toEqual(bare(all));
    expect(receiver.requests[0]!.headers['content-encoding']).toBe('gzip');
    expect(receiver.requests[0]!.size).toBeLessThan(all.join('').length);
  });

  it('are missing: a warning says which', async () => {
    const { driver, receiver } = await connectedLog({ protocol, severity: 'none' });
    await driver.write(textBatch(['one\n']));
    const loss = { stream: 'stderr', records: 3, bytes: 120, reason: 'queue full' } as const;
    await driver.gap({ ...loss, from: BATCH_TIME, to: BATCH_TIME + 1_500_000_000n });
    expect(receiver.errors).toEqual([]);
    const [record, gap] = receiver.records;
    expect(record).toMatchObject({ severity: 0 });
    expect(gap).toMatchObject({
      body: 'holdfast: 3 records (120 bytes) lost: queue full',
      severity: 13,
      time: BATCH_TIME + 1_500_000_000n,
    });
    expect(Object.fromEntries(gap!.attributes)).toEqual({
      'log.iostream': 'stderr',
      'holdfast.lost.records': 3n,
      'holdfast.lost.bytes': 120n,
      'holdfast.lost.reason': 'queue full',
      'holdfast.lost.seconds': 1.5,
    });
  });

  it('have attributes whose text is UTF-8, whatever the config says', async () => {
    const { driver, receiver } = await connectedLog({
      protocol,
      resource: { half: '\ud800', ['\udfff']: 'x', ['__proto__']: 'y' },
    });
    await driver.write(batchOf([lineOf('one\n')]));
    expect(receiver.errors).toEqual([]);
    expect(receiver.records[0]!.resource.get('half')).toBe('\ufffd');
    expect(receiver.records[0]!.resource.get('\ufffd')).toBe('x');
  });
});

describe('a request', () => {
  it('goes to /v1/logs below the endpoint, with the headers of the config', async () => {
    const { driver, receiver } = await connectedLog({ headers: { Authorization: 'Bearer x', 'X-Tenant': 'a' } });
    await driver.write(textBatch(['one\n']));
    expect(receiver.requests[0]).toMatchObject({
      url: '/v1/logs',
      headers: { authorization: 'Bearer x', 'x-tenant': 'a', 'user-agent': 'holdfast-log-otlp' },
    });
  });

  it('goes to the endpoint of logs as it is', async () => {
    const { driver, receiver } = await connectedLog();
    const other = await openLog({ logsEndpoint: `${receiver.url}/in?key=1` });
    await other.driver.write(textBatch(['one\n']));
    await driver.write(textBatch(['two\n']));
    expect(receiver.requests.map(({ url }) => url)).toEqual(['/in?key=1', '/v1/logs']);
  });
});
