import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Outgoing, type OutgoingEvent } from '../../src/events/outgoing.js';

const logger = { debug: () => undefined, info: () => undefined, warn: vi.fn(), error: () => undefined };
function event(cursor: number): OutgoingEvent {
  const timestamp = { seconds: 0n, nanos: 0 };
  return { cursor, namespace: 'n', topic: '/tasks/oom', timestamp, event: { typeUrl: 'x', value: new Uint8Array() } };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('Outgoing', () => {
  it('sends one after the other, each until it is taken', async () => {
    const tried: number[] = [];
    const sent: number[] = [];
    let failures = 3;
    const outgoing = new Outgoing({
      send: ({ cursor }) => {
        tried.push(cursor);
        return cursor === 2 && failures-- > 0 ? Promise.reject(new Error('away')) : Promise.resolve();
      },
      sent: (cursor) => sent.push(cursor),
      logger,
    });
    for (const cursor of [1, 2, 3]) outgoing.add(event(cursor));
    await vi.advanceTimersByTimeAsync(0);
    expect([tried, sent]).toEqual([[1, 2], [1]]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([tried, sent]).toEqual([
      [1, 2, 2, 2, 2, 3],
      [1, 2, 3],
    ]);
    expect(outgoing.length).toBe(0);
  });

  it('drops the oldest when containerd is away for long, and says so', async () => {
    const outgoing = new Outgoing({ send: () => new Promise(() => undefined), sent: () => undefined, logger });
    for (let cursor = 1; cursor <= 10_050; cursor += 1) outgoing.add(event(cursor));
    await vi.advanceTimersByTimeAsync(0);
    expect(outgoing.length).toBe(10_000);
    expect(outgoing.first?.cursor).toBe(51);
    expect(logger.warn).toHaveBeenCalledOnce();
  });

  it('is flushed when all is sent, or when time is up', async () => {
    let take: () => void = () => undefined;
    const outgoing = new Outgoing({
      send: () => new Promise<void>((resolve) => (take = resolve)),
      sent: () => undefined,
      logger,
    });
    await outgoing.flushed(new AbortController().signal);
    outgoing.add(event(1));
    const late = new AbortController();
    const flushed = outgoing.flushed(late.signal);
    late.abort();
    await flushed;
    const other = outgoing.flushed(new AbortController().signal);
    take();
    await other;
    expect(outgoing.length).toBe(0);
  });
});
