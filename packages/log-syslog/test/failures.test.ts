import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { TestCertificates } from '../../../test/support/test-certificates.js';
import { until } from '../../../test/support/until.js';
import type { SyslogOptions } from '../src/options/schema.js';
import { Receiver, type ReceiverKind, type ReceiverOptions } from './support/receiver.js';
import { lines, NEVER, TestLog, type TestLogOptions } from './support/test-log.js';

const certificates = new TestCertificates('syslog.test');
afterAll(() => certificates.remove());

async function receiverOf(kind: ReceiverKind, options: ReceiverOptions = {}): Promise<Receiver> {
  const receiver = await Receiver.start(kind, { certificates, ...options });
  onTestFinished(async () => {
    await receiver.stop();
    receiver.remove();
  });
  return receiver;
}

async function logTo(options: Partial<SyslogOptions>, container: TestLogOptions = {}): Promise<TestLog> {
  const log = await TestLog.open({ format: 'rfc5424micro', ...options }, container);
  onTestFinished(async () => void (await log.close()));
  return log;
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a server that cannot be reached', () => {
  it.each<[string, Partial<SyslogOptions>, RegExp]>([
    ['nobody listens', { address: 'tcp://127.0.0.1:1' }, /tcp:\/\/127\.0\.0\.1:1 refuses connections.*ECONNREFUSED/],
    ['no such name', { address: 'udp://no-such-host.invalid' }, /cannot be found by its name/],
    ['no socket', { address: 'unixgram:///nowhere/log' }, /is not there/],
    ['no socket of a stream', { address: 'unix:///nowhere/log' }, /is not there/],
    [
      'no authority',
      { address: 'tcp+tls://127.0.0.1:1', ca: '/nowhere/ca.pem' },
      /without its certificates.*\/nowhere\/ca\.pem/,
    ],
  ])('keeps a container from being created: %s', async (_what, options, message) => {
    const log = await TestLog.make(options);
    const error = await errorOf(log.driver.open(NEVER));
    expect(error).toMatchObject({ code: 'SHIM_LOG_OPEN', where: options.address });
    expect((error as Error).message).toMatch(message);
    expect(await log.close()).toBe(0);
  });

  it('does not, if it is not required; records go there once it is there', async () => {
    const address = `tcp://127.0.0.1:${await freePort()}`;
    const log = await logTo({ address, required: false });
    expect(log.context.logger.complaints()).toEqual(['syslog server: cannot be reached yet']);
    const writing = log.write(['one\n']);
    const receiver = await receiverOf('tcp', { address });
    await writing;
    expect(await receiver.texts(1)).toEqual(['one']);
  });

  it('is waited for within the deadline of a call alone, and the records can be given again', async () => {
    const address = `tcp://127.0.0.1:${await freePort()}`;
    const log = await logTo({ address, required: false }, { callTimeoutMs: 200 });
    expect(await errorOf(log.write(lines(3)))).toMatchObject({ code: 'SHIM_LOG_WRITE', lost: 3, retry: true });
    const receiver = await receiverOf('tcp', { address });
    await log.write(lines(3));
    expect(await receiver.texts(3)).toEqual(['line 0', 'line 1', 'line 2']);
    expect(receiver.messages[0]?.data.get('meta')?.get('sequenceId')).toBe('1');
  });

  it('that has another kind of socket at its path is told of', async () => {
    const stream = await receiverOf('unix');
    const log = await TestLog.make({ address: stream.address.replace('unix', 'unixgram') });
    expect(await errorOf(log.driver.open(NEVER))).toMatchObject({
      message: expect.stringContaining('is another kind of socket') as string,
      remedy: expect.stringContaining('unix:// for streams') as string,
    });
    await log.close();
  });
});

describe.each<ReceiverKind>(['tcp', 'tcp+tls'])('a %s server that is restarted', (kind) => {
  it('gets what was written while it was away, and numbers show that nothing is missing', async () => {
    const first = await receiverOf(kind);
    const { address } = first;
    const log = await logTo({ address, ...(kind === 'tcp+tls' && { ca: certificates.ca }) });
    await log.write(lines(2));
    await first.texts(2);
    await first.stop();
    await until('the driver knows', () => log.context.logger.complaints().length > 0);
    const writing = log.write(lines(2, 2));
    const second = await receiverOf(kind, { address });
    await writing;
    expect(await second.texts(2)).toEqual(['line 2', 'line 3']);
    expect(second.messages.map(({ data }) => data.get('meta')?.get('sequenceId'))).toEqual(['3', '4']);
    expect(log.context.logger.complaints()).toEqual([
      'syslog server: the connection is lost, and what was on its way may be',
    ]);
  });
});

describe('a unix socket whose receiver is restarted', () => {
  it('takes what was written while it was away', async () => {
    const first = await receiverOf('unixgram');
    const { address } = first;
    const log = await logTo({ address });
    await log.write(['one\n']);
    await first.texts(1);
    await first.stop();
    const writing = log.write(['two\n']);
    const second = await receiverOf('unixgram', { address });
    await writing;
    expect(await second.texts(1)).toEqual(['two']);
  });
});

describe('a UDP server that is restarted', () => {
  it('gets what its machine refused, but for the last datagram of a batch, which is counted', async () => {
    const first = await receiverOf('udp');
    const { address } = first;
    const log = await logTo({ address });
    await first.stop();
    await log.write(['gone\n']);
    const writing = log.write(lines(3));
    const second = await receiverOf('udp', { address });
    await writing;
    expect((await second.texts(3)).slice(-3)).toEqual(['line 0', 'line 1', 'line 2']);
    expect(await log.close()).toBe(1);
  });

  it('that does not come back is told of with what was not sent', async () => {
    const address = `udp://127.0.0.1:${await freePort()}`;
    const log = await logTo({ address }, { callTimeoutMs: 200 });
    const error = await errorOf(log.write(lines(10)));
    expect(error).toMatchObject({ code: 'SHIM_LOG_WRITE', lost: 10, retry: true });
  });
});

describe('a server that takes nothing more', () => {
  it('costs nothing: what the kernel and the driver hold arrives once, the rest is given back', async () => {
    const receiver = await receiverOf('tcp');
    const log = await logTo({ address: receiver.address }, { callTimeoutMs: 300 });
    await receiver.connections(1);
    receiver.pause();
    const text = 'x'.repeat(1000);
    let count = 0;
    let lost: number | undefined;
    while (lost === undefined) {
      const texts = Array.from({ length: 500 }, (_, i) => `${count + i} ${text}\n`);
      lost = ((await errorOf(log.write(texts))) as { lost?: number } | undefined)?.lost;
      count += 500 - (lost ?? 0);
    }
    expect(lost).toBeGreaterThan(0);
    receiver.resume();
    // As the host does with what may come again: a busy receiver takes its time.
    while ((await errorOf(log.write([`${count} ${text}\n`]))) !== undefined);
    const texts = await receiver.texts(count + 1);
    expect(texts.map((each) => Number(each.split(' ')[0]))).toEqual(Array.from({ length: count + 1 }, (_, i) => i));
    expect(await log.close()).toBe(0);
  });

  it('and stays like that costs what was still held when the driver was closed, which is counted', async () => {
    const receiver = await receiverOf('tcp');
    const log = await TestLog.open({ address: receiver.address }, { callTimeoutMs: 200 });
    await receiver.connections(1);
    receiver.pause();
    const texts = Array.from({ length: 500 }, () => `${'x'.repeat(1000)}\n`);
    while ((await errorOf(log.write(texts))) === undefined);
    const { lost } = await log.driver.close('drained', NEVER);
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThan(100);
    await log.close();
  });
});

describe('TLS', () => {
  it('with a server that is not trusted is refused, with the remedy', async () => {
    const receiver = await receiverOf('tcp+tls');
    const log = await TestLog.make({ address: receiver.address });
    expect(await errorOf(log.driver.open(NEVER))).toMatchObject({
      code: 'SHIM_LOG_OPEN',
      message: expect.stringContaining('shows a certificate that is not trusted') as string,
      remedy: expect.stringContaining('option ca') as string,
    });
    await log.close();
  });

  it('asks for the name that was given', async () => {
    const receiver = await receiverOf('tcp+tls');
    const options = { address: receiver.address, ca: certificates.ca };
    await (await logTo({ ...options, serverName: 'syslog.test' })).write(['one\n']);
    expect(await receiver.texts(1)).toEqual(['one']);
    const log = await TestLog.make({ ...options, serverName: 'other.test' });
    expect(await errorOf(log.driver.open(NEVER))).toMatchObject({
      cause: expect.objectContaining({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }) as object,
    });
    await log.close();
  });

  it('trusts anybody if told to', async () => {
    const receiver = await receiverOf('tcp+tls');
    await (await logTo({ address: receiver.address, verify: false })).write(['one\n']);
    expect(await receiver.texts(1)).toEqual(['one']);
  });

  it('shows its own certificate; a server that refuses it is told of when the driver is opened, by TLS 1.3 too', async () => {
    const receiver = await receiverOf('tcp+tls', { clientCertificates: true });
    const { ca, clientCert, clientKey } = certificates;
    const options = { address: receiver.address, ca };
    await (await logTo({ ...options, cert: clientCert, key: clientKey })).write(['one\n']);
    const locked = { cert: clientCert, key: certificates.lockedKey('open sesame'), passphrase: 'open sesame' };
    await (await logTo({ ...options, ...locked })).write(['two\n']);
    expect(await receiver.texts(2)).toEqual(['one', 'two']);
    for (const wrong of [{}, { ...locked, passphrase: 'wrong' }]) {
      const log = await TestLog.make({ ...options, ...wrong });
      expect(await errorOf(log.driver.open(NEVER))).toMatchObject({
        code: 'SHIM_LOG_OPEN',
        message: expect.stringContaining('do not agree about TLS') as string,
      });
      await log.close();
    }
  });

  it('with a server that does not speak it is told of', async () => {
    const receiver = await receiverOf('tcp', { strict: false });
    const log = await TestLog.make({ address: receiver.address.replace('tcp', 'tcp+tls') }, { callTimeoutMs: 500 });
    expect(await errorOf(log.driver.open(NEVER))).toMatchObject({ code: 'SHIM_LOG_OPEN' });
    await log.close();
  });
});

describe('what a server sends', () => {
  it('is not kept, and does no harm', async () => {
    const receiver = await receiverOf('tcp');
    const log = await logTo({ address: receiver.address });
    await receiver.connections(1);
    for (const socket of receiver.sockets) socket.write(Buffer.alloc(1 << 20));
    await log.write(['one\n']);
    expect(await receiver.texts(1)).toEqual(['one']);
  });
});

describe('a loss that the host tells of', () => {
  const loss = {
    stream: 'stderr',
    records: 3,
    bytes: 120,
    reason: 'queue "full"]',
    from: 0n,
    to: 1_735_787_045_000_000_000n,
  } as const;

  it('is a message of its own, a warning, where the records would be', async () => {
    const receiver = await receiverOf('tcp');
    const log = await logTo({ address: receiver.address });
    await log.write(['before\n']);
    await log.driver.gap(loss);
    await log.write(['after\n']);
    const texts = await receiver.texts(3);
    expect(texts).toEqual(['before', 'holdfast: 3 records (120 bytes) of stderr lost: queue "full"]', 'after']);
    const gap = receiver.messages[1]!;
    expect(gap).toMatchObject({ priority: 3 * 8 + 4, msgId: 'gap', time: loss.to });
    expect(Object.fromEntries(gap.data.get('gap@32473')!)).toEqual({
      stream: 'stderr',
      records: '3',
      bytes: '120',
      reason: 'queue "full"]',
      from: '1970-01-01T00:00:00.000000Z',
      to: '2025-01-02T03:04:05.000000Z',
    });
  });

  it('that cannot be sent can be told again', async () => {
    const log = await logTo(
      { address: `tcp://127.0.0.1:${await freePort()}`, required: false },
      { callTimeoutMs: 100 },
    );
    expect(await errorOf(log.driver.gap(loss))).toMatchObject({ code: 'SHIM_LOG_WRITE', lost: 0, retry: true });
  });
});

describe('the end of a driver', () => {
  it('comes after the last record, and takes nothing back', async () => {
    const receiver = await receiverOf('tcp');
    const log = await TestLog.open({ address: receiver.address });
    for (let i = 0; i < 50; i++) await log.write(lines(1000, i * 1000));
    expect(await log.close()).toBe(0);
    const texts = await receiver.texts(50_000);
    expect(texts.map((text) => `${text}\n`).join('') === lines(50_000).join('')).toBe(true);
    await until('the connection has ended', () => receiver.sockets.size === 0);
  });

  it('leaves no socket behind', async () => {
    const receiver = await receiverOf('tcp');
    const log = await TestLog.open({ address: receiver.address });
    await receiver.connections(1);
    await log.close();
    await until('the connection has ended', () => receiver.sockets.size === 0);
    expect(log.context.logger.complaints()).toEqual([]);
  });
});
