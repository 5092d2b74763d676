import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';
import { descriptorsOf } from '../support/children-of.js';
import { VARIANTS } from '../support/binaries.js';
import { useKeepers } from '../support/use-keepers.js';

describe.each(VARIANTS)('start (%s)', (variant) => {
  const keepers = useKeepers(variant);

  it('leaves the starter, and its session, directory, umask and ignored signals, behind', async () => {
    const keeper = await keepers.start();
    expect(keeper.starterCode).toBe(0);
    const status = readFileSync(`/proc/${keeper.pid}/status`, 'utf8');
    expect(status).toMatch(/^Umask:\t0077$/m);
    expect(/^NSsid:\t(\d+)$/m.exec(status)?.[1]).toBe(String(keeper.pid));
    // INT, HUP, PIPE, QUIT, USR1, USR2
    expect(status).toMatch(/^SigIgn:\t0000000000001a07$/m);
    expect(readlinkSync(`/proc/${keeper.pid}/cwd`)).toBe('/');
    const limits = readFileSync(`/proc/${keeper.pid}/limits`, 'utf8');
    const [, soft, hard] = /^Max open files\s+(\d+)\s+(\d+)/m.exec(limits) ?? [];
    expect(soft).toBe(hard);
  });

  it('closes what it inherited but the lock, which it holds', async () => {
    const [read, write] = native.pipe(false);
    const keeper = await keepers.start({ strayFd: write });
    closeSync(write);
    const open = Object.values(descriptorsOf(keeper.pid)).filter((target) => target.startsWith('pipe:'));
    expect(open).toEqual([]);
    expect(keeper.lockIsFree()).toBe(false);
    closeSync(read);
  });

  it('gives shimd its sockets, the log, the environment and the pid of the keeper, and nothing else', async () => {
    const client = await keepers.ready({ env: { ...process.env, MARK: 'of the starter' } });
    const keeper = keepers.current();
    const open = descriptorsOf(client.shimdPid);
    // 6 is the connection to this test.
    expect(Object.keys(open)).toEqual(['0', '1', '2', '3', '4', '5', '6']);
    expect(open).toMatchObject({ 0: '/dev/null', 1: join(keeper.directory, 'log'), 2: join(keeper.directory, 'log') });
    const environment = readFileSync(`/proc/${client.shimdPid}/environ`, 'utf8').split('\0');
    expect(environment).toContain(`HOLDFAST_KEEPER=${keeper.pid}`);
    expect(environment).toContain('MARK=of the starter');
    const status = readFileSync(`/proc/${client.shimdPid}/status`, 'utf8');
    expect(status).toMatch(/^SigIgn:\t0{16}$/m);
    expect(status).toMatch(/^SigBlk:\t0{16}$/m);
  });

  it('makes its files for their owner alone', async () => {
    const keeper = await keepers.start();
    for (const path of [keeper.api, keeper.launch, join(keeper.directory, 'log')])
      expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
  });

  it('replaces a stale socket', async () => {
    const keeper = await keepers.start({
      prepare: (directory) => {
        closeSync(native.seqpacketListen(join(directory, 'launch'), 0o666, 1));
        return undefined;
      },
    });
    await (await keeper.connect()).hello();
    expect(statSync(keeper.launch).mode & 0o777).toBe(0o600);
  });

  it('writes 0 to every cgroup file, and only logs one that fails', async () => {
    const keeper = await keepers.start({
      prepare: (directory) => {
        const files = ['one', 'two'].map((name) => join(directory, name));
        for (const file of files) writeFileSync(file, '');
        return ['--cgroup', files[0] ?? '', '--cgroup', join(directory, 'missing'), '--cgroup', files[1] ?? ''];
      },
    });
    expect(keeper.line).toMatch(/^ok/);
    for (const name of ['one', 'two']) expect(readFileSync(join(keeper.directory, name), 'utf8')).toBe('0');
    expect(keeper.log).toContain(`cgroup ${join(keeper.directory, 'missing')}: No such file or directory`);
  });

  it.each([
    [
      'a log that is a symbolic link',
      'open log',
      (directory: string) => symlinkSync('elsewhere', join(directory, 'log')),
    ],
    ['a log that is a FIFO', 'open log', (directory: string) => native.mkfifo(join(directory, 'log'), 0o600)],
    ['a socket path that is something else', 'api-socket', (directory: string) => mkdirSync(join(directory, 'api'))],
  ])('reports %s and starts nothing', async (_name, step, spoil) => {
    const keeper = await keepers.start({
      prepare: (directory) => {
        spoil(directory);
        return undefined;
      },
    });
    expect(keeper.line).toMatch(new RegExp(`^error ${step}: .+\\n$`));
    expect(existsSync(join(keeper.directory, 'elsewhere'))).toBe(false);
    expect(keeper.lockIsFree()).toBe(true);
  });

  it('reports a socket path over 107 bytes', async () => {
    const keeper = await keepers.start({ flags: ['--api-socket', `/tmp/${'x'.repeat(103)}`] });
    expect(keeper.line).toBe('error api-socket: File name too long\n');
  });

  it('reports a program that cannot be executed', async () => {
    const keeper = await keepers.start({ program: ['/no/such/shimd'] });
    expect(keeper.line).toBe('error exec: No such file or directory\n');
  });

  it.each([
    [['--nonsense', '1'], 'error options: --nonsense\n'],
    [['--lock-fd', 'three'], 'error options: --lock-fd\n'],
    [['--lock-fd', '1'], 'error options: --lock-fd\n'],
    [['--log'], 'error options: --log\n'],
  ])('reports the wrong argument in %j', async (flags, line) => {
    const keeper = await keepers.start({ flags });
    expect(keeper).toMatchObject({ line, starterCode: 1 });
  });

  it('queues connections to the API while shimd boots', async () => {
    const keeper = await keepers.start({ program: ['/bin/sleep', '100'] });
    const socket = connect(keeper.api);
    await once(socket, 'connect');
    expect(socket.writable).toBe(true);
    socket.destroy();
  });
});
