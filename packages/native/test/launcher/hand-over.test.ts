import { once } from 'node:events';
import { closeSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { native } from '@holdfast/native';
import { VARIANTS } from '../support/binaries.js';
import { LauncherBench } from '../support/launcher-bench.js';
import { sendTerminal } from '../support/send-terminal.js';

describe.each(VARIANTS)('the launcher (%s) hands over', (variant) => {
  it('its command line, directory, umask, stdin, and what of its environment matters, in a sealed file', async () => {
    const bench = new LauncherBench(variant);
    const server = bench.serve();
    const env = {
      ...{ TTRPC_ADDRESS: '/t.sock', GRPC_ADDRESS: '/g.sock', NAMESPACE: 'k8s.io', MAX_SHIM_VERSION: '2' },
      ...{ CONTAINERD_X: '1=2', SECRET: 'word', NAMESPACES: 'no', XHOLDFAST_A: 'no', HOLDFAST_ODD: '' },
    };
    const script = 'umask 027; exec "$@"';
    const { ended } = bench.run(['-id', '', 'ä b'], {
      env,
      cwd: bench.directory,
      script,
      input: Buffer.from('in\0put'),
    });
    const [launch, { env: seen, id, ...request }] = await server.nextAccepted();
    expect(request).toEqual({
      ...{ version: 1, flags: 0, kind: 'mine', umask: 0o27, cwd: bench.directory, sealed: true },
      argv: [join(bench.directory, 'mine'), '-id', '', 'ä b'],
      input: Buffer.from('in\0put'),
    });
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect([...seen].sort()).toEqual(
      [
        ...['CONTAINERD_X=1=2', 'GRPC_ADDRESS=/g.sock', `HOLDFAST_LAUNCHER_FALLBACK=${bench.main}`],
        ...[`HOLDFAST_NODE=${bench.node}`, 'HOLDFAST_ODD=', `HOLDFAST_ROOT=${bench.root}`, 'MAX_SHIM_VERSION=2'],
        ...['NAMESPACE=k8s.io', 'TTRPC_ADDRESS=/t.sock'],
      ].sort(),
    );
    launch.exit(0);
    await expect(ended).resolves.toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });

  it('what it is called for by the name of its file, whatever the name of the link to it', async () => {
    const bench = new LauncherBench(variant);
    const server = bench.serve('containerd');
    const program = bench.launcher('launchers/containerd-shim-holdfast-v1');
    const link = join(bench.directory, 'anything');
    symlinkSync(program, link);
    for (const path of [program, link]) {
      const { ended } = bench.run([], { program: path });
      const [launch, { kind, argv }] = await server.nextAccepted();
      expect([kind, argv]).toEqual(['containerd', [path]]);
      launch.exit(4);
      expect((await ended).code).toBe(4);
    }
  });

  it('a MiB of stdin, and no more', async () => {
    const bench = new LauncherBench(variant);
    const server = bench.serve();
    const input = Buffer.alloc(1 << 20, 'abc\0');
    const { ended } = bench.run([], { input });
    const [launch, request] = await server.nextAccepted();
    expect(request.input.equals(input)).toBe(true);
    launch.exit(0);
    await ended;
    const more = await bench.run([], { input: Buffer.concat([input, Buffer.from('x')]) }).ended;
    expect(more).toMatchObject({ code: 1, stdout: '', stderr: 'mine: more than 1048576 bytes on stdin\n' });
  });

  it('stdin to its end, however long that takes', async () => {
    const bench = new LauncherBench(variant);
    const server = bench.serve();
    const { child, ended } = bench.run([], { input: 'open' });
    const launch = await server.next();
    child.stdin?.write('first ');
    child.stdin?.end('last');
    expect((await launch.request()).input.toString()).toBe('first last');
    launch.accept();
    launch.exit(0);
    await ended;
  });

  it('nothing of a stdin that is a terminal, or is closed', async () => {
    const bench = new LauncherBench(variant);
    const server = bench.serve();
    const { ended } = bench.run([], { script: 'exec "$@" <&-' });
    const [launch, request] = await server.nextAccepted();
    expect(request.input).toHaveLength(0);
    launch.exit(0);
    expect((await ended).code).toBe(0);

    const console = join(bench.directory, 'console');
    const listener = native.streamListen(console, 0o600, 1);
    const command = ['/usr/bin/env', `HOLDFAST_ROOT=${bench.root}`, bench.launcher(), 'tty'];
    const child = sendTerminal(join(bench.directory, 'send-terminal'), console, command);
    const [again, seen] = await server.nextAccepted();
    expect([seen.argv[1], seen.input]).toEqual(['tty', Buffer.alloc(0)]);
    again.exit(0);
    await once(child, 'exit');
    closeSync(listener);
  });

  it('over a path that is longer than a socket address', async () => {
    const bench = new LauncherBench(variant);
    const server = bench.serve();
    // The socket stays where it was bound: only the way to it is long.
    const deep = join(bench.directory, ...Array.from({ length: 4 }, () => 'd'.repeat(60)));
    mkdirSync(deep, { recursive: true });
    renameSync(bench.root, join(deep, 'r'));
    bench.root = join(deep, 'r');
    const { ended } = bench.run(['long']);
    const [launch, { argv }] = await server.nextAccepted();
    expect(argv[1]).toBe('long');
    launch.exit(0);
    expect((await ended).code).toBe(0);
  });
});
