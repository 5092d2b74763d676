import type { EventDocument, EventType } from '@holdfast/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ExitOrder } from '../../src/events/exit-order.js';

let cursor = 0;
function event(type: EventType, execId?: string, instance = 'i1'): EventDocument {
  cursor += 1;
  const attributes = execId === undefined ? {} : { execId };
  return { cursor, time: '2026-01-01T00:00:00.000Z', type, namespace: 'n', id: 'c', instance, group: 'g', attributes };
}

function order() {
  const passed: string[] = [];
  const order = new ExitOrder(({ type, attributes, instance }) => {
    passed.push([instance, type, attributes['execId']].filter((part) => part !== undefined).join(' '));
  });
  return { order, passed };
}

afterEach(() => void vi.useRealTimers());

describe('ExitOrder', () => {
  it("tells of a container's exit after those of its execs, and of what comes behind it after that", () => {
    const { order: exits, passed } = order();
    for (const one of [event('start'), event('exec-start', 'a'), event('exec-start', 'b'), event('exit')])
      exits.add(one);
    exits.add(event('exec-exit', 'b'));
    expect(passed).toEqual(['i1 start', 'i1 exec-start a', 'i1 exec-start b', 'i1 exec-exit b']);
    exits.add(event('start', undefined, 'i2'));
    exits.add(event('exec-exit', 'a'));
    exits.add(event('delete'));
    expect(passed.slice(4)).toEqual(['i2 start', 'i1 exec-exit a', 'i1 exit', 'i1 delete']);
  });

  it('holds up nothing when no exec runs', () => {
    const { order: exits, passed } = order();
    for (const one of [event('exec-start', 'a'), event('exec-exit', 'a'), event('exit')]) exits.add(one);
    expect(passed).toEqual(['i1 exec-start a', 'i1 exec-exit a', 'i1 exit']);
  });

  it('does not wait for ever for an exec whose exit is never told', () => {
    vi.useFakeTimers();
    const { order: exits, passed } = order();
    exits.add(event('exec-start', 'a'));
    exits.add(event('exit'));
    expect(passed).toHaveLength(1);
    vi.advanceTimersByTime(60_000);
    expect(passed).toEqual(['i1 exec-start a', 'i1 exit']);
  });

  it('passes on the deletion, which nothing follows, with what waits before it', () => {
    vi.useFakeTimers();
    const { order: exits, passed } = order();
    for (const one of [event('exec-start', 'a'), event('exit'), event('delete')]) exits.add(one);
    vi.advanceTimersByTime(60_000);
    expect(passed).toEqual(['i1 exec-start a', 'i1 exit', 'i1 delete']);
  });
});
