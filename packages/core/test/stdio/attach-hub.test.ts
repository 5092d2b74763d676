import { describe, expect, test } from 'vitest';
import type { ExitDocument } from '../../src/api/documents.js';
import { deferred } from '../../src/lifecycle/deferred.js';
import { ShimError } from '../../src/plugin/shim-error.js';
import { AttachHub, type AttachClient } from '../../src/stdio/attach-hub.js';

const EXIT: ExitDocument = { exitCode: 3, signal: null, exitedAt: '2024-01-01T00:00:00.000Z' };

class Client implements AttachClient {
  readonly seen: unknown[] = [];
  constructor(
    readonly primary: boolean,
    private readonly taken?: Promise<void>,
  ) {}
  send(stream: string, bytes: Buffer): Promise<void> | undefined {
    this.seen.push(`${stream} ${bytes.toString()}`);
    return this.taken;
  }
  exit(exit: ExitDocument): void {
    this.seen.push(exit);
  }
  fail(error: ShimError): void {
    this.seen.push(error);
  }
}

test('every client gets every byte until it is taken away', () => {
  const hub = new AttachHub();
  const [one, two] = [new Client(false), new Client(false)];
  const leave = hub.add(one);
  hub.add(two);
  expect(hub.send('stdout', Buffer.from('a'))).toBeUndefined();
  leave();
  leave();
  expect(hub.send('stderr', Buffer.from('b'))).toBeUndefined();
  expect([one.seen, two.seen]).toEqual([['stdout a'], ['stdout a', 'stderr b']]);
});

test('output waits for primary clients and for no other', async () => {
  const hub = new AttachHub();
  const taken = deferred<void>();
  hub.add(new Client(false, new Promise(() => undefined)));
  expect(hub.send('stdout', Buffer.from('a'))).toBeUndefined();
  hub.add(new Client(true, taken.promise));
  let waited = false;
  const sent = hub.send('stdout', Buffer.from('b'))?.then(() => (waited = true));
  await Promise.resolve();
  expect(waited).toBe(false);
  taken.resolve();
  await sent;
  expect(waited).toBe(true);
});

describe('the end', () => {
  test('is told to those who are there, once, and to those who come later', () => {
    const hub = new AttachHub();
    const [early, late] = [new Client(false), new Client(true)];
    hub.add(early);
    hub.exit(EXIT);
    hub.fail(new ShimError('SHIM_INTERNAL', 'too late'));
    hub.add(late)();
    expect([early.seen, late.seen]).toEqual([[EXIT], [EXIT]]);
    expect(hub.send('stdout', Buffer.from('a'))).toBeUndefined();
    expect(early.seen).toEqual([EXIT]);
  });

  test('may be a failure', () => {
    const hub = new AttachHub();
    const client = new Client(false);
    hub.add(client);
    const error = new ShimError('SHIM_COMMAND_NOT_FOUND', 'no such command');
    hub.fail(error);
    expect(client.seen).toEqual([error]);
  });
});

describe('clients', () => {
  test('are reported as they come and go', () => {
    const changes: string[] = [];
    const hub = new AttachHub(({ primary, clients }) => void changes.push(`${clients}${primary ? ' primary' : ''}`));
    hub.add(new Client(false))();
    const [first, second] = [hub.add(new Client(true)), hub.add(new Client(true))];
    first();
    expect(hub.primaryAttached).toBe(true);
    second();
    expect(changes).toEqual(['1', '0', '1 primary', '2 primary', '1 primary', '0']);
  });

  test('are waited for, so many of them', async () => {
    const hub = new AttachHub();
    let complete = false;
    const arrival = hub.arrival({ primary: false, clients: 2 }, 60_000).then(() => (complete = true));
    hub.add(new Client(false));
    await Promise.resolve();
    expect(complete).toBe(false);
    hub.add(new Client(false));
    await arrival;
  });
});

describe('a primary client', () => {
  test('is waited for, and other arrivals do not count', async () => {
    const hub = new AttachHub();
    let arrived = false;
    const arrival = hub.primaryArrival(60_000).then(() => (arrived = true));
    hub.add(new Client(false));
    await Promise.resolve();
    expect(arrived).toBe(false);
    hub.add(new Client(true));
    await arrival;
    await expect(hub.primaryArrival(60_000)).resolves.toBeUndefined();
  });

  test('that does not come is waited for so long and no longer', async () => {
    const began = performance.now();
    await new AttachHub().primaryArrival(20);
    expect(performance.now() - began).toBeGreaterThanOrEqual(19);
  });
});

test('the time to arrive begins when clients can come', async () => {
  const open = deferred<void>();
  const hub = new AttachHub(undefined, open.promise);
  const events: string[] = [];
  const arrival = hub.primaryArrival(1).then(() => events.push('late'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  events.push('open');
  open.resolve();
  await arrival;
  expect(events).toEqual(['open', 'late']);
});

test('a client that comes before others can is not waited for any longer', async () => {
  const hub = new AttachHub(undefined, new Promise(() => undefined));
  const arrival = hub.primaryArrival(60_000);
  hub.add(new Client(true));
  await arrival;
});

describe('clients that stand at the door', () => {
  test('are let in before it is said that there are none, and before something is sent', () => {
    const hub = new AttachHub();
    const [first, second] = [new Client(false), new Client(false)];
    const coming = [first, second];
    hub.welcoming(() => void (coming.length > 0 && hub.add(coming.shift()!)));
    expect(hub.empty).toBe(false);
    void hub.send('stdout', Buffer.from('x'));
    expect([first.seen, second.seen]).toEqual([['stdout x'], ['stdout x']]);
  });
});
