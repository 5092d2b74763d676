import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { native } from '@holdfast/native';
import { EventPoller } from '@holdfast/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConmonBench } from '../../support/conmon/conmon-bench.js';
import { WAIT_FOR_GO } from '../../support/numbered-lines.js';
import { killShimd, withoutShimd } from '../../support/shim-processes.js';
import { until } from '../../support/until.js';

/** A unit's NOTIFY_SOCKET, and what it hears. */
class Listener {
  readonly heard: string[] = [];

  constructor(path: string) {
    const fd = native.datagramBind(path, 0o600);
    const poller = new EventPoller();
    const buffer = Buffer.alloc(8192);
    const read = (): void => {
      for (let n; (n = native.datagramReceive(fd, buffer, false)) !== undefined;)
        this.heard.push(buffer.toString('latin1', 0, n));
    };
    poller.watch(fd, read);
    onTestFinished(() => poller.close());
  }

  async hears(message: string): Promise<void> {
    await until(`it hears ${JSON.stringify(message)}`, () => this.heard.includes(message));
  }
}

describe('--sdnotify-socket', () => {
  it('gets what a container may say, also when shimd is killed, and never which process is the main one', async () => {
    const bench = new ConmonBench('runc');
    const unit = new Listener(join(bench.directory, 'unit'));
    const container = bench.container(`${WAIT_FOR_GO}; exit 3`);
    await container.createAndStart({ flags: ['--sdnotify-socket', join(bench.directory, 'unit')] });
    const socket = join(container.bundle, 'notify', 'notify.sock');
    const say = (text: string): void => native.notifySend(socket, Buffer.from(text), 0);
    expect(statSync(socket).mode & 0o777).toBe(0o777);
    say('MAINPID=1');
    say('READY=1\nMAINPID=1\nSTATUS=serving\nFDSTORE=1\nREADY=2');
    await unit.hears('READY=1\nSTATUS=serving');
    const keeper = await bench.keeper();
    await withoutShimd(keeper, async () => say('WATCHDOG=1\nBUSERROR=org.example.Error\nERRNO=2'));
    await unit.hears('WATCHDOG=1\nBUSERROR=org.example.Error\nERRNO=2');
    await killShimd(keeper);
    say('RELOADING=1\nMONOTONIC_USEC=5');
    say(`STATUS=${'x'.repeat(5000)}`);
    say('STOPPING=1');
    await unit.hears('STOPPING=1');
    expect(unit.heard).toEqual([
      'READY=1\nSTATUS=serving',
      'WATCHDOG=1\nBUSERROR=org.example.Error\nERRNO=2',
      'RELOADING=1\nMONOTONIC_USEC=5',
      'STOPPING=1',
    ]);
    container.go();
    expect(await container.exitFile()).toBe('3');
    expect(existsSync(socket)).toBe(false);
  });

  it('may be abstract, and may have gone', async () => {
    const bench = new ConmonBench('runc');
    const container = bench.container(`${WAIT_FOR_GO}; exit 2`);
    await container.createAndStart({ flags: ['--sdnotify-socket', '@holdfast-nobody-listens'] });
    native.notifySend(join(container.bundle, 'notify', 'notify.sock'), Buffer.from('READY=1'), 0);
    container.go();
    expect(await container.exitFile()).toBe('2');
  });
});
