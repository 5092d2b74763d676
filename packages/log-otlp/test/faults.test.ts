import { textBatch, within } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { until } from '../../../test/support/until.js';
import { failureOf } from './support/failure.js';
import { bare, connectedLog, lines, NEVER, openLog } from './support/open-log.js';

const FIVE = lines(5);

describe('a collector that is not ready', () => {
  it.each([429, 502, 503, 504])('answers %i: the records may be given again, and are taken then', async (status) => {
    const { driver, receiver } = await connectedLog();
    receiver.react({ status, body: 'later' });
    expect(await failureOf(driver, textBatch(FIVE))).toMatchObject({
      code: 'SHIM_LOG_WRITE',
      retry: true,
      lost: 5,
      message: `the collector at ${receiver.url}/v1/logs takes no records now: HTTP ${status}: later`,
    });
    await driver.write(textBatch(FIVE));
    expect(receiver.texts()).toEqual(bare(FIVE));
    expect(await driver.close('drained', NEVER)).toEqual({ lost: 0 });
  });

  it('is left alone for as long as it asked for', async () => {
    const { driver, receiver } = await connectedLog();
    receiver.react({ status: 503, headers: { 'Retry-After': '1' } });
    await failureOf(driver, textBatch(FIVE));
    const before = performance.now();
    await driver.write(textBatch(FIVE));
    // A timer may be a millisecond early.
    expect(performance.now() - before).toBeGreaterThan(900);
    expect(receiver.texts()).toEqual(bare(FIVE));
  });

  it('gets no request, nor is waited for, if its pause is longer than the deadline', async () => {
    const { driver, receiver } = await connectedLog();
    receiver.react({ status: 429, headers: { 'Retry-After': '3600' } });
    await failureOf(driver, textBatch(FIVE));
    expect(await failureOf(driver, textBatch(FIVE))).toMatchObject({ retry: true, lost: 5 });
    expect(receiver.requests).toHaveLength(1);
  });

  it.each(['reset', 'reset in mid-request'] as const)('drops the connection (%s): again', async (reaction) => {
    const { driver, receiver } = await connectedLog();
    receiver.react(reaction);
    const failure = await failureOf(driver, textBatch(FIVE));
    expect(failure).toMatchObject({ code: 'SHIM_LOG_WRITE', retry: true, lost: 5 });
    expect(failure.message).toMatch(/did not answer: .*(ECONNRESET|EPIPE|socket hang up)/);
    await driver.write(textBatch(FIVE));
    expect(receiver.texts()).toEqual(bare(FIVE));
  });

  it('drops an idle connection just as the next request comes: nobody notices', async () => {
    const { driver, receiver } = await connectedLog();
    await driver.write(textBatch(['one\n']));
    receiver.react('reset');
    await driver.write(textBatch(['two\n']));
    await receiver.endIdle();
    await driver.write(textBatch(['three\n']));
    expect(receiver.texts()).toEqual(['one', 'two', 'three']);
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([1, 1, 2, 3]);
  });

  it('is not there', async () => {
    const { driver } = await openLog({ endpoint: 'http://localhost:1' });
    expect(await failureOf(driver, textBatch(FIVE))).toMatchObject({
      retry: true,
      lost: 5,
      where: 'http://localhost:1/v1/logs',
      message: expect.stringContaining('ECONNREFUSED') as string,
      remedy: expect.stringContaining('endpoint') as string,
    });
  });

  it('does not answer within the timeout of the config', async () => {
    const { driver, receiver } = await connectedLog({ timeout: '50ms' });
    receiver.react('hang');
    const failure = await failureOf(driver, textBatch(FIVE));
    expect(failure).toMatchObject({ retry: true, lost: 5 });
    expect(failure.message).toContain('did not answer: no answer within 50 ms');
  });

  it("does not answer within the host's deadline: the driver gives up before", async () => {
    const { driver, receiver } = await connectedLog({}, { callTimeoutMs: 500 });
    receiver.reactAlways('hang');
    const failure = await within('write', failureOf(driver, textBatch(FIVE)));
    expect(failure).toMatchObject({ retry: true, lost: 5 });
    expect(failure.message).toMatch(/no answer within [1-4][0-9]{0,2} ms/);
  });
});

describe('a collector that refuses', () => {
  it.each([301, 400, 401, 404, 415, 500])('with %i is not asked again; the records are lost', async (status) => {
    const { driver, receiver } = await connectedLog();
    receiver.react({ status, body: '\x08\x03\x12\x07no\nthanks' });
    expect(await failureOf(driver, textBatch(FIVE))).toMatchObject({
      code: 'SHIM_LOG_WRITE',
      retry: false,
      lost: 5,
      message: `the collector at ${receiver.url}/v1/logs rejected 5 records: HTTP ${status}: no thanks`,
    });
    await driver.write(textBatch(['next\n']));
    expect(receiver.requests).toHaveLength(2);
    expect(receiver.texts()).toEqual(['next']);
    expect(await driver.close('drained', NEVER)).toEqual({ lost: 0 });
  });

  it.each(['http/protobuf', 'http/json'] as const)('some records, over %s: these are lost', async (protocol) => {
    const { driver, receiver } = await connectedLog({ protocol });
    receiver.react({ rejected: 2, message: 'too old' });
    expect(await failureOf(driver, textBatch(FIVE))).toMatchObject({
      retry: false,
      lost: 2,
      message: expect.stringContaining('rejected 2 records: too old') as string,
    });
    expect(receiver.requests).toHaveLength(1);
  });

  it('more records than it got, or fewer than none, is believed in part', async () => {
    const { driver, receiver } = await connectedLog({ protocol: 'http/json' });
    const body = (rejectedLogRecords: unknown): string => JSON.stringify({ partialSuccess: { rejectedLogRecords } });
    receiver.react({ status: 200, body: body(1e9) }, { status: 200, body: body(-3) }, { status: 200, body: body('x') });
    expect(await failureOf(driver, textBatch(FIVE))).toMatchObject({ retry: false, lost: 5 });
    await driver.write(textBatch(FIVE));
    await driver.write(textBatch(FIVE));
    expect(await driver.close('drained', NEVER)).toEqual({ lost: 0 });
  });

  it('nothing, but warns: shimd logs it, once', async () => {
    const { driver, receiver, context } = await connectedLog();
    receiver.reactAlways({ rejected: 0, message: 'clock is off' });
    await driver.write(textBatch(FIVE));
    await driver.write(textBatch(FIVE));
    expect(context.logger.messages.map(({ level, fields }) => [level, fields])).toEqual([
      ['warn', { why: 'clock is off' }],
    ]);
  });

  it.each([
    ['nonsense', '\xff\xff\xff'],
    ['what is longer than an answer', 'x'.repeat(1 << 20)],
  ])('nothing, and answers %s: the records were taken', async (_what, body) => {
    const { driver, receiver } = await connectedLog();
    receiver.react({ status: 200, body });
    await driver.write(textBatch(FIVE));
    expect(receiver.requests).toHaveLength(1);
  });
});

describe('close', () => {
  it('ends a request that is not answered, and the connection', async () => {
    const { driver, receiver } = await connectedLog();
    receiver.react('hang');
    const failure = failureOf(driver, textBatch(FIVE));
    await until('the request has come', () => receiver.requests.length === 1);
    expect(await within('close', driver.close('deleted', NEVER))).toEqual({ lost: 0 });
    expect(await within('write', failure)).toMatchObject({ retry: true, lost: 5 });
    await until('the connection ends', async () => (await receiver.connections()) === 0);
  });

  it('ends the wait for a collector that asked for a pause', async () => {
    const { driver, receiver } = await connectedLog({}, { callTimeoutMs: 600_000 });
    receiver.react({ status: 503, headers: { 'Retry-After': '60' } });
    await failureOf(driver, textBatch(FIVE));
    const failure = failureOf(driver, textBatch(FIVE));
    await driver.close('restart', NEVER);
    expect(await within('write', failure)).toMatchObject({ retry: true, lost: 5 });
  });

  it('ends the connection that was kept open', async () => {
    const { driver, receiver } = await connectedLog();
    await driver.write(textBatch(FIVE));
    expect(await receiver.connections()).toBe(1);
    await driver.close('drained', NEVER);
    await until('the connection ends', async () => (await receiver.connections()) === 0);
  });
});
