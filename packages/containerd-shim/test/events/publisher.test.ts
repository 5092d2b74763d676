import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventDocument, ShimService } from '@holdfast/core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Publisher } from '../../src/events/publisher.js';
import type { Listeners } from '../../src/listen/listeners.js';
import { coreNamespace } from '../../src/names.js';
import { fakeHost } from '../support/fake-host.js';

const OF = { address: '/c.sock', namespace: 'ns' };
const LISTENER = { ...OF, key: 'k', path: '/p', ttrpcAddress: '/c.ttrpc', environment: {} };

const event = (cursor: number, type: string, instance: string, execId?: string): EventDocument => ({
  ...{ cursor, type: type as EventDocument['type'], instance, id: instance, group: 'containerd' },
  ...{ time: '2026-01-01T00:00:00Z', namespace: coreNamespace(OF) },
  attributes: { pid: 7, exitCode: 0, ...(execId !== undefined && { execId }) },
});

/** Events of a group, whichever shimd it has. */
function eventLog() {
  const all: EventDocument[] = [];
  let wake: () => void = () => undefined;
  const service = {
    events: async function* ({ after = 0 }: { after?: number }, signal: AbortSignal) {
      let next = 0;
      signal.addEventListener('abort', () => wake());
      while (!signal.aborted) {
        const found = all[next];
        if (found === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else next += 1;
        if (found !== undefined && found.cursor > after) yield found;
      }
    },
  } as unknown as ShimService;
  const happen = (...events: EventDocument[]): void => {
    all.push(...events);
    wake();
  };
  const { host, layout } = fakeHost({ service });
  const publisherOf = (listeners: readonly object[]) => {
    const sent: string[] = [];
    const publisher = new Publisher({
      host,
      listeners: { all: listeners } as unknown as Listeners,
      send: (_address, { topic, cursor }) => Promise.resolve(void sent.push(`${cursor} ${topic}`)),
    });
    publisher.start();
    onTestFinished(() => publisher.stop());
    return { publisher, sent };
  };
  const told = (): number => Number(readFileSync(join(layout.group('containerd'), 'containerd-events'), 'utf8'));
  mkdirSync(layout.group('containerd'), { recursive: true });
  return { happen, publisherOf, told };
}

it('what happens to a container that containerd ends itself is not told, now or by the next shimd', async () => {
  const { happen, publisherOf, told } = eventLog();
  const { publisher, sent } = publisherOf([LISTENER]);
  happen(event(1, 'start', 'a'), event(2, 'start', 'b'));
  await vi.waitFor(() => expect(sent).toEqual(['1 /tasks/start', '2 /tasks/start']));
  publisher.leaveOut('a');
  happen(event(3, 'exit', 'a'), event(4, 'delete', 'a'));
  await vi.waitFor(() => expect(told()).toBe(4));
  await publisher.stop();
  const next = publisherOf([LISTENER]);
  happen(event(5, 'exit', 'b'));
  await vi.waitFor(() => expect(next.sent).toEqual(['5 /tasks/exit']));
  expect(sent).toHaveLength(2);
});

it('what nobody was there to hear is not told to somebody who comes much later', async () => {
  const { happen, publisherOf, told } = eventLog();
  const { publisher } = publisherOf([]);
  happen(event(1, 'exit', 'a'));
  await vi.waitFor(() => expect(told()).toBe(1));
  await publisher.stop();
  const { sent } = publisherOf([LISTENER]);
  happen(event(2, 'start', 'b'));
  await vi.waitFor(() => expect(sent).toEqual(['2 /tasks/start']));
});

it('an exit that waits for those of its execs is told by the next shimd if this one dies', async () => {
  const { happen, publisherOf, told } = eventLog();
  const { publisher, sent } = publisherOf([LISTENER]);
  happen(event(1, 'exec-start', 'a', 'e'), event(2, 'exit', 'a'), event(3, 'start', 'b'));
  await vi.waitFor(() => expect(sent).toEqual(['1 /tasks/exec-started', '3 /tasks/start']));
  await publisher.stop();
  expect(told()).toBe(1);
  const next = publisherOf([LISTENER]);
  await vi.waitFor(() => expect(next.sent).toContain('2 /tasks/exit'));
});
