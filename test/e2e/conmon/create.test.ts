import { closeSync, existsSync, lstatSync, openSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConmonBench } from '../../support/conmon/conmon-bench.js';
import { RUNTIMES } from '../../support/runtimes.js';
import { sessionOf } from '../../support/shim-processes.js';

const TYPE_AND_OWNER = 0o170700;

describe.each(RUNTIMES)('conmon that creates a container (%s)', (runtime) => {
  it('lets its caller go on once it is created, and tells how it ended', async () => {
    const bench = new ConmonBench(runtime);
    const container = bench.container('echo out; echo err >&2; exit 7');
    const call = container.call();
    call.begin();
    const { data: pid } = (await call.says()) ?? {};
    expect(await call.ended).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    expect(readFileSync(container.pidFile, 'utf8')).toBe(String(pid));
    const conmon = readFileSync(container.conmonPidFile, 'utf8');
    expect(conmon).toMatch(/^\d+$/);
    expect(sessionOf(Number(conmon))).toBe(Number(conmon));
    expect(statSync(join(container.bundle, 'attach')).mode & TYPE_AND_OWNER).toBe(0o140700);
    for (const fifo of ['ctl', 'winsz'])
      expect(statSync(join(container.bundle, fifo)).mode & TYPE_AND_OWNER).toBe(0o010600);

    container.start();
    expect(await container.exitFile()).toBe('7');
    expect(readFileSync(join(container.persistDir, 'exit'), 'utf8')).toBe('7');
    expect(readdirSync(container.exitDir)).toEqual([container.id]);
    expect(readdirSync(container.persistDir)).toEqual(['exit']);
    expect(existsSync(join(container.bundle, 'attach'))).toBe(false);
    expect(await call.saysAll()).toEqual([]);
    const records = readFileSync(container.log, 'utf8').replace(/^\d{4}-\S{20,} /gm, '');
    expect(records.split('\n').sort()).toEqual(['', 'stderr F err', 'stdout F out']);
    await container.exitCommand();
  });

  it('does nothing before it is told to begin', async () => {
    const bench = new ConmonBench(runtime);
    const container = bench.container('true');
    const call = container.call();
    // It is being served: another one comes to its end meanwhile.
    const other = bench.container('true');
    await other.createAndStart();
    await other.exitFile();
    expect(existsSync(container.conmonPidFile)).toBe(false);
    expect(readdirSync(container.bundle)).toEqual(['config.json']);
    expect([call.child.exitCode, call.pipe('sync').arrived]).toEqual([null, []]);
    call.begin();
    expect(await call.says()).toEqual({ data: expect.any(Number) as number });
    container.start();
    expect(await container.exitFile()).toBe('0');
  });

  it('speaks the first protocol, and needs no start pipe and no pid file for it', async () => {
    const bench = new ConmonBench(runtime);
    const container = bench.container('kill -9 $$; sleep 100');
    const flags = ['-u', container.id, '-b', container.bundle, '--full-attach', '-l', container.log];
    const call = container.run([...container.flags(0), ...flags], { pipes: ['sync'] });
    const pid = Number(((await call.says()) ?? {})['pid']);
    expect(readFileSync(join(container.place, `pidfile-${container.id}`), 'utf8')).toBe(String(pid));
    expect((await call.ended).code).toBe(0);
    container.start();
    // Init of a pid namespace can't kill itself: from outside it can be.
    process.kill(pid, 'SIGKILL');
    expect(await container.exitFile()).toBe('137');
  });

  it.each([
    [0, 'pid'],
    [1, 'data'],
  ] as const)('tells what the runtime said if that fails, and leaves nothing (protocol %i)', async (api, name) => {
    const bench = new ConmonBench(runtime);
    const container = bench.container('', { args: ['/no/such/program'] });
    const call = container.call({ api });
    call.begin();
    expect(await call.saysAll()).toEqual([
      { [name]: -1, message: expect.stringContaining('/no/such/program') as string },
    ]);
    expect((await container.exitCommand()).args).toEqual([]);
    expect((await call.ended).code).toBe(0);
    expect(readdirSync(container.bundle)).toEqual(['config.json']);
    expect(readdirSync(container.exitDir)).toEqual([]);
    expect(readdirSync(container.persistDir)).toEqual([]);
    expect(existsSync(container.pidFile)).toBe(false);
  });

  it('passes descriptors on', async () => {
    const bench = new ConmonBench(runtime);
    const container = bench.container('echo passed >&3; exit 11');
    const path = join(bench.directory, 'passed');
    const fd = openSync(path, 'w');
    const flags = ['--runtime-opt', '--preserve-fds', '--runtime-opt', '1'];
    await container.createAndStart({ flags, preserved: [fd] });
    closeSync(fd);
    expect(await container.exitFile()).toBe('11');
    expect(readFileSync(path, 'utf8')).toBe('passed\n');
  });

  it('stays the child of its caller with --sync', async () => {
    const bench = new ConmonBench(runtime);
    const container = bench.container('exit 41');
    const call = container.call({ flags: ['--sync'] });
    call.begin();
    await call.says();
    expect(container.conmonPid).toBe(call.child.pid);
    expect(call.child.exitCode).toBe(null);
    container.start();
    expect(await call.ended).toEqual({ code: 41, signal: null, stdout: '', stderr: '' });
    expect(await container.exitFile()).toBe('41');
  });

  it('kills what takes longer than -T, which is -1 to files and 255 to its caller', async () => {
    const bench = new ConmonBench(runtime);
    const container = bench.container('echo begun; sleep 1000');
    const call = container.call({ flags: ['--sync', '-T', '1'] });
    call.begin();
    await call.says();
    container.start();
    expect((await call.ended).code).toBe(255);
    expect(await container.exitFile()).toBe('-1');
    expect(readFileSync(join(container.persistDir, 'exit'), 'utf8')).toBe('-1');
    expect(readFileSync(container.log, 'utf8')).toMatch(/ stdout F begun\n$/);
  });

  it('serves a bundle whose path is longer than that of a socket', async () => {
    const bench = new ConmonBench(runtime);
    const container = bench.container('cat', { bundle: `${'long/'.repeat(30)}b` });
    await container.create({ flags: ['-i'] });
    const client = container.attach();
    container.start();
    client.type('said\n');
    await client.sees('said\n');
    client.endInput();
    expect(await container.exitFile()).toBe('0');
  });

  it('has a link lead to the attach socket, unless that is to lie in the bundle', async () => {
    const bench = new ConmonBench(runtime);
    const container = bench.container('cat');
    const sockets = join(bench.directory, 'sockets');
    await container.create({ fullAttach: false, flags: ['-i', '--socket-dir-path', sockets] });
    const link = join(sockets, container.id);
    expect(readlinkSync(link)).toBe(container.bundle);
    const client = container.attach(join(link, 'attach'));
    container.start();
    client.type('said\n');
    await client.sees('said\n');
    client.endInput();
    expect(await container.exitFile()).toBe('0');
    expect(lstatSync(link, { throwIfNoEntry: false })).toBeUndefined();
  });
});
