import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../test/support/forward-receiver.js';
import { lines, logsOf, useForward } from './support/test-log.js';

const forward = useForward();
const sockets = (): number => readdirSync('/proc/self/fd').length;
/** Answers in turn, and `ack` from then on. */
const inTurn = (...answers: readonly Answer[]): ((message: unknown, index: number) => Answer) => {
  let turn = 0;
  return () => answers[turn++] ?? 'ack';
};

describe('a receiver', () => {
  it.each<[what: string, answer: Answer]>([
    ['acknowledges another chunk', 'wrong ack'],
    ['answers in another protocol', 'rubbish'],
    ['resets the connection without taking the chunk', 'refuse'],
  ])('that %s gets the same chunk again on a new connection', async (_what, answer) => {
    const offered: string[] = [];
    const answers = inTurn(answer);
    const receiver = await forward.receiver({
      answer: (message, index) => {
        offered.push(message.chunk!);
        return answers(message, index);
      },
    });
    const log = await forward.log(receiver);
    await log.write(['a', 'b\n', 'c\n']);
    expect(offered).toHaveLength(2);
    expect(new Set(offered).size).toBe(1);
    expect(receiver.logs.slice(-3)).toEqual(['a', 'b', 'c']);
    const [first, again] = receiver.messages;
    if (again !== undefined) expect(again.events).toEqual(first!.events);
  });

  it('that refuses a piece gets it again as the same piece of the same line', async () => {
    const receiver = await forward.receiver({ answer: inTurn('ack', 'wrong ack') });
    const log = await forward.log(receiver);
    await log.write(['one ']);
    await log.write(['two ']);
    await log.write(['three\n']);
    const pieces = receiver.events.map(({ record }) => [
      record['log'],
      record['partial_ordinal'],
      record['partial_last'],
    ]);
    const two = ['two ', '2', 'false'];
    expect(pieces).toEqual([['one ', '1', 'false'], two, two, ['three', '3', 'true']]);
    expect(new Set(receiver.events.map(({ record }) => record['partial_id'])).size).toBe(1);
  });

  it('that resets the connection in mid-message gets the chunk again, whole', async () => {
    const receiver = await forward.receiver();
    receiver.resets.push(100, 70_000);
    const log = await forward.log(receiver);
    await log.write(lines(2000));
    expect(receiver.torn).toBeGreaterThan(0);
    expect(receiver.connections).toBe(3);
    expect(receiver.logs).toEqual(logsOf(2000));
  });

  it('that is stopped and started again in the middle misses nothing', async () => {
    const receiver = await forward.receiver();
    const log = await forward.log(receiver);
    await log.write(lines(100));
    await receiver.stop();
    const writing = log.write(lines(100, 100));
    await receiver.start();
    await writing;
    expect(receiver.logs).toEqual(logsOf(200));
  });

  it('that closes an idle connection is connected to anew', async () => {
    const receiver = await forward.receiver();
    const log = await forward.log(receiver);
    await log.write(lines(1));
    await receiver.stop();
    await receiver.start();
    await log.write(lines(1, 1));
    expect([receiver.logs, receiver.connections]).toEqual([logsOf(2), 2]);
  });

  it('that is gone is waited for until the deadline: all records are to be given again', async () => {
    const receiver = await forward.receiver();
    const log = await forward.log(receiver, { callTimeoutMs: 500 });
    await log.write(lines(10));
    await receiver.stop();
    const failure = await log.failure(log.write(lines(50, 10)));
    expect(failure).toMatchObject({ code: 'SHIM_LOG_WRITE', lost: 50, retry: true, cause: { code: 'ECONNREFUSED' } });
    expect(failure).toMatchObject({
      where: `tcp://${receiver.address}`,
      remedy: expect.stringContaining('address') as string,
    });
    // The next call tries once.
    expect(await log.failure(log.rewrite(lines(50, 10), { sequence: 10 }))).toMatchObject({ lost: 50, retry: true });
    await receiver.start();
    await log.rewrite(lines(50, 10), { sequence: 10 });
    expect(receiver.logs).toEqual(logsOf(60));
  });

  it('that takes some chunks of a batch and then no more costs those that it did not take', async () => {
    const receiver = await forward.receiver({ answer: (_message, index) => (index === 1 ? 'refuse' : 'ack') });
    const log = await forward.log(receiver, { callTimeoutMs: 400 });
    const texts = Array.from({ length: 300 }, (_, i) => `${String(i).padEnd(9_999, '.')}\n`);
    const failure = await log.failure(log.write(texts));
    const taken = receiver.events.length;
    expect(taken).toBeGreaterThan(0);
    expect(failure).toMatchObject({ code: 'SHIM_LOG_WRITE', lost: 300 - taken, retry: true });
    expect(receiver.logs).toEqual(texts.slice(0, taken).map((text) => text.trimEnd()));
  });
});

describe('an ack', () => {
  it('that comes late is waited for, over several calls, and the chunk goes once', async () => {
    let release = (): void => undefined;
    const held = new Promise<Answer>((resolve) => (release = () => resolve('ack')));
    const receiver = await forward.receiver({ answer: (_message, index) => (index === 0 ? held : 'ack') });
    const log = await forward.log(receiver, { callTimeoutMs: 100 });
    const texts = ['one', ' line\n', 'next', ' line\n'];
    const failure = await log.failure(log.write(texts));
    expect(failure).toMatchObject({ lost: 4, retry: true, cause: { code: 'ETIMEDOUT' } });
    expect(await log.failure(log.rewrite(texts, { sequence: 0 }))).toMatchObject({ lost: 4, retry: true });
    const waiting = log.rewrite(texts, { sequence: 0 }).catch(() => log.rewrite(texts, { sequence: 0 }));
    release();
    await waiting;
    await log.rewrite(['end\n'], { sequence: 4 });
    expect(receiver.logs).toEqual(['one', ' line', 'next', ' line', 'end']);
    expect(receiver.connections).toBe(1);
  });

  it('that never comes is given up after its time, and the chunk is sent again under the same id', async () => {
    const receiver = await forward.receiver({ answer: inTurn('no ack') });
    const log = await forward.log(receiver, { options: { ackTimeout: '100ms' } });
    await log.write(lines(3));
    const [first, again] = receiver.messages;
    expect(again?.chunk).toBe(first?.chunk);
    expect(receiver.connections).toBe(2);
  });

  it('that is not asked for does not tell what became of a chunk that the kernel took', async () => {
    const receiver = await forward.receiver({ answer: inTurn('refuse') });
    const log = await forward.log(receiver, { options: { requestAck: false } });
    await log.write(lines(1));
    await receiver.until(() => receiver.connections === 1 && receiver.open === 0);
    await log.write(lines(1, 1));
    await receiver.until(() => receiver.messages.length === 1);
    expect(receiver.logs).toEqual(['line 1']);
  });

  it('of records that the host gave up is not waited for any more', async () => {
    const receiver = await forward.receiver({ answer: inTurn('no ack') });
    const log = await forward.log(receiver, { callTimeoutMs: 100 });
    await log.failure(log.write(lines(2)));
    await log.rewrite(lines(2, 2), { sequence: 2 });
    expect(receiver.logs).toEqual(logsOf(4));
    expect(receiver.connections).toBe(2);
  });
});

describe('a receiver that reads nothing', () => {
  it.each([true, false])('holds the writer up until the deadline (acks: %s)', async (requestAck) => {
    const receiver = await forward.receiver();
    receiver.deaf = true;
    const options = { requestAck, ackTimeout: '200ms' };
    const log = await forward.log(receiver, { callTimeoutMs: 500, options });
    // More than the buffers of both ends hold.
    const texts = Array.from({ length: 2000 }, (_, i) => `${String(i).padEnd(16_000, '.')}\n`);
    const failure = await log.failure(log.write(texts));
    expect(failure).toMatchObject({ retry: true, cause: { code: 'ETIMEDOUT' } });
    expect(failure.lost).toBeGreaterThan(0);
    receiver.deaf = false;
    const taken = texts.length - failure.lost;
    const rest = texts.slice(taken, taken + 50);
    for (let done = false; !done;) {
      done = await log.rewrite(rest, { sequence: taken }).then(
        () => true,
        () => false,
      );
    }
    await log.close();
    await receiver.until(() => receiver.messages.length > 0 && receiver.logs.includes(rest.at(-1)!.trimEnd()));
    const digest = (logs: readonly string[]): string => createHash('sha1').update(logs.join()).digest('hex');
    expect(digest(receiver.logs.slice(-50))).toBe(digest(rest.map((text) => text.trimEnd())));
  });
});

describe('close', () => {
  it('in the middle of a wait ends it, and leaves no socket', async () => {
    const before = sockets();
    const receiver = await forward.receiver({ answer: () => 'no ack' });
    const log = await forward.log(receiver);
    const writing = log.failure(log.write(lines(5)));
    await receiver.until(() => receiver.messages.length === 1);
    expect(await log.close()).toEqual({ lost: 0 });
    expect(await writing).toMatchObject({ lost: 5, retry: true, cause: { code: 'ECANCELED' } });
    await receiver.stop();
    expect(sockets()).toBeLessThanOrEqual(before);
  });

  it('while it connects ends that, too', async () => {
    const receiver = await forward.receiver();
    await receiver.stop();
    const log = await forward.log(receiver);
    const writing = log.failure(log.write(lines(5)));
    expect(await log.close()).toEqual({ lost: 0 });
    expect(await writing).toMatchObject({ lost: 5, retry: true });
  });

  it('does not wait for ever for a receiver that reads nothing', async () => {
    const receiver = await forward.receiver();
    receiver.deaf = true;
    const log = await forward.log(receiver, { callTimeoutMs: 100, options: { requestAck: false } });
    const failure = await log.failure(log.write(Array.from({ length: 1000 }, () => `${'x'.repeat(16_000)}\n`)));
    expect(failure).toMatchObject({ retry: true, cause: { code: 'ETIMEDOUT' } });
    expect(await log.close()).toEqual({ lost: 0 });
  });

  it('delivers what was written without acks', async () => {
    const receiver = await forward.receiver();
    const log = await forward.log(receiver, { options: { requestAck: false } });
    for (let i = 0; i < 20; i++) await log.write(lines(2000, i * 2000));
    await log.close();
    await receiver.until(() => receiver.open === 0);
    expect(receiver.logs).toEqual(logsOf(40_000));
  });
});
