import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';
import type { NotifyOptions } from '../../src/api/unit-documents.js';
import type { ComposedShim } from '../../src/di/compose-shim.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { until } from '../support/until.js';

/** A created container with a NOTIFY_SOCKET. */
class Notifying {
  readonly fixture = new ShimFixture();
  readonly socket = join(this.fixture.layout.container(REF), 'notify', 'notify.sock');
  composed: ComposedShim = this.fixture.compose();

  static async create(notify: NotifyOptions = {}): Promise<Notifying> {
    const notifying = new Notifying();
    await notifying.composed.shim.create(notifying.fixture.request({ notify }));
    await notifying.composed.shim.start(REF, { requestId: 'start' });
    return notifying;
  }

  say(message: string): void {
    native.notifySend(this.socket, Buffer.from(message), 0);
  }

  /** shimd is gone. */
  close(): void {
    this.composed.containers.get(REF).notifications.close();
  }

  /** Another shimd takes over. */
  async restart(): Promise<void> {
    this.close();
    this.composed = this.fixture.compose();
    await this.composed.containers.recover();
  }
}

describe('what a container says to its NOTIFY_SOCKET', () => {
  it('is passed on filtered, message by message, behind the cursor', async () => {
    const container = await Notifying.create();
    const { shim } = container.composed;
    expect(statSync(container.socket).mode & 0o777).toBe(0o666);
    const first = shim.notifications(REF, '');
    container.say('MAINPID=1\nSTATUS=starting');
    const { cursor, ...document } = await first;
    expect(document).toEqual({ messages: ['STATUS=starting'], ready: false, ended: false });
    const second = shim.notifications(REF, cursor);
    container.say('BARRIER=1');
    container.say('x'.repeat(5000));
    container.say('READY=1\nFDSTORE=1');
    expect(await second).toMatchObject({ messages: ['READY=1'], ready: true, ended: false });
    expect(await shim.notifications(REF, '')).toMatchObject({ messages: ['STATUS=starting', 'READY=1'], ready: true });
  });

  it('is heard to its last word before the end is told', async () => {
    const container = await Notifying.create();
    const { shim } = container.composed;
    container.say('STOPPING=1');
    await container.fixture.runtime.process(REF.id).exit(0);
    const told = await shim.notifications(REF, '');
    expect(told.messages).toEqual(['STOPPING=1']);
    expect(await shim.notifications(REF, told.cursor)).toMatchObject({ messages: [], ready: false, ended: true });
  });

  it('waits for a new shimd in the socket that the keeper holds, and readiness is not forgotten', async () => {
    const container = await Notifying.create();
    const { cursor } = await askAfter(container, 'READY=1');
    const inode = statSync(container.socket).ino;
    container.close();
    container.say('STATUS=while nobody listens');
    await container.restart();
    expect(statSync(container.socket).ino).toBe(inode);
    expect(await container.composed.shim.notifications(REF, cursor)).toMatchObject({
      messages: ['STATUS=while nobody listens'],
      ready: true,
    });
    await container.restart();
    // Nothing new, but news to one who begins.
    expect(await container.composed.shim.notifications(REF, '')).toMatchObject({ messages: [], ready: true });
  });

  it('reaches a new socket in the same directory when the keeper has died too', async () => {
    const container = await Notifying.create();
    await container.fixture.keeper.drop(`${container.composed.containers.get(REF).records.request.instance}/notify`);
    await container.restart();
    expect(await askAfter(container, 'READY=1')).toMatchObject({ ready: true });
  });

  it('goes on to the unit of a starter that left, from READY=1 on', async () => {
    const address = join(temporaryDirectory(), 'unit');
    const unit = native.datagramBind(address, 0o600);
    const container = await Notifying.create({ relayTo: address });
    await askAfter(container, 'READY=1\nSTATUS=first');
    container.say('STATUS=second');
    const buffer = Buffer.alloc(100);
    let length: number | undefined;
    await until(() => (length = native.datagramReceive(unit, buffer, false)) !== undefined);
    expect(buffer.toString('utf8', 0, length)).toBe('STATUS=second');
  });

  it('does no harm when it is a flood: the rest waits in the socket', async () => {
    const container = await Notifying.create();
    let sent = 0;
    const flood = (): void => {
      for (; sent < 100_000; sent += 1) container.say(`STATUS=${sent}`);
    };
    expect(flood).toThrow(expect.objectContaining({ code: 'EAGAIN' }));
    const heard = await container.composed.shim.notifications(REF, '');
    expect(heard.messages[0]).toBe('STATUS=0');
    expect(heard.messages.length).toBeLessThan(sent);
  });

  it('is nothing for a container without one, whose end is all that can be waited for', async () => {
    const fixture = new ShimFixture();
    const { shim } = fixture.compose();
    await shim.create(fixture.request());
    expect(existsSync(join(fixture.layout.container(REF), 'notify'))).toBe(false);
    expect(await shim.notifications(REF, '')).toMatchObject({ messages: [], ready: false, ended: true });
  });

  it('ends with the container, and nothing of it is left', async () => {
    const container = await Notifying.create();
    const { shim } = container.composed;
    const waiting = shim.notifications(REF, '');
    await shim.delete(REF, { requestId: 'd', force: true });
    expect(await waiting).toMatchObject({ messages: [], ended: true });
    expect([...container.fixture.keeper.held.keys()].filter((key) => key.endsWith('/notify'))).toEqual([]);
  });
});

/** What is told after the container has said `message`. */
async function askAfter(container: Notifying, message: string): ReturnType<ComposedShim['shim']['notifications']> {
  const answer = container.composed.shim.notifications(REF, '');
  container.say(message);
  return answer;
}
