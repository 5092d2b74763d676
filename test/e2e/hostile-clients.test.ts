import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { ERROR_FRAME, frame, OUTPUT_FRAME, RESIZE_FRAME, resizeFrame, STDIN_FRAME } from '../support/frames.js';
import { HostileTarget, readAll, sendBlocks } from '../support/hostile-target.js';
import { Workbench } from '../support/workbench.js';

const NOBODY = 65_534;
const POST = 'POST /v1/containers/default/c1/kill HTTP/1.1\r\nHost: shim\r\n';

describe('an attached client that sends', () => {
  it.each([
    ['a frame of 4 GB', '?stdin=1', frame(STDIN_FRAME, undefined, 0xffff_ffff)],
    ['garbage', '?stdin=1', randomBytes(4096).fill(0xff, 0, 16)],
    ['frames that only a server sends', '', frame(OUTPUT_FRAME, Buffer.from('x'))],
    ['stdin though it was opened without', '', frame(STDIN_FRAME, Buffer.from('x'))],
    ['a size of three bytes', '', frame(RESIZE_FRAME, Buffer.alloc(3))],
    ['a size where there is no terminal', '', resizeFrame(1, 1)],
  ])('%s is told what is wrong and cut off', async (_title, query, bytes) => {
    const target = await HostileTarget.start();
    const socket = await target.attach(query);
    socket.write(bytes);
    const told = await readAll(socket);
    expect([told[0], told.includes('SHIM_INVALID_ARGUMENT')]).toEqual([ERROR_FRAME, true]);
    await target.expectUnharmed();
  });

  it('half a frame and goes leaves nothing', async () => {
    const target = await HostileTarget.start();
    for (const bytes of [Buffer.alloc(7), frame(STDIN_FRAME, undefined, 1 << 20)]) {
      const socket = await target.attach('?stdin=1');
      socket.write(bytes);
      socket.end();
      await readAll(socket);
    }
    await target.expectUnharmed();
  });

  it('a large frame byte by byte holds nobody up', async () => {
    const target = await HostileTarget.start();
    const socket = await target.attach('?stdin=1');
    socket.write(frame(STDIN_FRAME, undefined, 1 << 20));
    await sendBlocks(socket, Buffer.from('x'), 1 << 16);
    await target.expectService();
    await target.expectUnharmed();
  });

  it('sizes without sense to a terminal changes that alone', async () => {
    const target = await HostileTarget.start(undefined, ['-t']);
    const socket = await target.attach();
    for (const size of [0, 65_535]) socket.write(resizeFrame(size, size));
    await target.expectService();
    await target.expectUnharmed();
  });
});

describe('an HTTP client', () => {
  it('with a body of 100 MB is refused without it being kept', async () => {
    const target = await HostileTarget.start();
    const socket = await target.connect(`${POST}Content-Length: ${100 << 20}\r\n\r\n`);
    const told = readAll(socket);
    await sendBlocks(socket, Buffer.alloc(1 << 20, 0x20), 100);
    socket.end();
    expect((await told).toString('latin1')).toMatch(/ 400 [^]*SHIM_INVALID_ARGUMENT/);
    await target.expectUnharmed();
  });

  it('with headers without end is cut off', async () => {
    const target = await HostileTarget.start();
    // Just over what is taken, in one piece: what is left unread would reset the connection, and the answer be lost.
    const header = (_: unknown, i: number): string => `X-${i}: ${'y'.repeat(990)}\r\n`;
    const socket = await target.connect(`GET /v1/version HTTP/1.1\r\n${Array.from({ length: 17 }, header).join('')}`);
    expect((await readAll(socket)).toString('latin1')).toContain(' 431 ');
    await target.expectUnharmed();
  });

  it('that never ends its request line, its headers, its body or its upgrade keeps nobody from being served', async () => {
    const target = await HostileTarget.start();
    const attach = 'GET /v1/containers/default/c1/attach HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: holdfast/1\r\n';
    for (const bytes of ['GE', 'GET /v1/version HTTP/1.1\r\n', `${POST}Content-Length: 1000\r\n\r\n{`, attach])
      await target.connect(bytes);
    await target.expectService();
    await target.expectUnharmed();
  });

  it('of a thousand connections at once is no reason for another to wait', async () => {
    const target = await HostileTarget.start();
    for (let some = 0; some < 10; some++) await Promise.all(Array.from({ length: 100 }, () => target.connect('GET ')));
    await target.expectService();
    await target.expectUnharmed();
  });
});

it('an attached client that never reads misses output, and the log is whole', async () => {
  const script =
    'until [ -e /out/print ]; do sleep 0.05; done; seq 1 600000; until [ -e /out/go ]; do sleep 0.05; done; echo the end; exit 7';
  const target = await HostileTarget.start(script);
  await target.attach();
  target.go('print');
  target.go('go');
  await target.bench.ok('wait', 'c1');
  const lines = (await target.bench.ok('logs', 'c1')).trimEnd().split('\n');
  expect([lines.length, lines.at(-2)]).toEqual([600_001, '600000']);
  await target.expectUnharmed();
});

describe('a process of another user', () => {
  const ask = (path: string): Promise<string> => {
    const script = `require('node:http').get({ socketPath: ${JSON.stringify(path)}, path: '/v1/version' }, (answer) => {
      answer.setEncoding('utf8').on('data', (text) => process.stdout.write(answer.statusCode + ' ' + text));
    }).on('error', (error) => process.stdout.write(error.code));`;
    return execa(process.execPath, ['-e', script], { uid: NOBODY, gid: NOBODY, cwd: '/' }).then(({ stdout }) => stdout);
  };

  it('does not get to the socket', async () => {
    const target = await HostileTarget.start();
    expect(await ask(target.socketPath)).toBe('EACCES');
    await target.expectUnharmed();
  });

  it('that gets there is refused', async () => {
    const target = await HostileTarget.start();
    const { directory, root } = target.bench;
    for (const path of [directory, root, dirname(target.socketPath)]) chmodSync(path, 0o711);
    chmodSync(target.socketPath, 0o666);
    expect(await ask(target.socketPath)).toMatch(/^403 .*SHIM_PEER_REFUSED/);
    for (const path of [directory, root, dirname(target.socketPath)]) chmodSync(path, 0o700);
    await target.expectUnharmed();
  });
});

describe('a symbolic link in the state directory', () => {
  it.each(['ns', 'ns/default', 'runtime', 'runtime/default', 'groups', 'groups/default', 's', 'c'])(
    'in place of %s is not followed',
    async (name) => {
      const bench = new Workbench();
      const outside = join(bench.directory, 'outside');
      mkdirSync(outside, { mode: 0o700 });
      mkdirSync(dirname(join(bench.root, name)), { recursive: true, mode: 0o700 });
      symlinkSync(outside, join(bench.root, name));
      const { exitCode, stderr } = await bench.shimctl(['run', '-t', '-d', '-b', bench.script('b', 'exit 7'), 'c1']);
      expect([exitCode !== 0, String(stderr)]).toEqual([true, expect.stringMatching(/SHIM_STATE_INSECURE/)]);
      expect(readdirSync(outside)).toEqual([]);
      rmSync(join(bench.root, name));
    },
  );

  it('in place of the exec sessions of a container is not followed', async () => {
    const target = await HostileTarget.start();
    const outside = join(target.bench.directory, 'outside');
    mkdirSync(outside, { mode: 0o700 });
    const link = join(target.bench.root, 'ns/default/c1/exec');
    symlinkSync(outside, link);
    const { exitCode, stderr } = await target.bench.shimctl(['exec', 'c1', '--', 'true']);
    expect([exitCode !== 0, String(stderr)]).toEqual([true, expect.stringMatching(/SHIM_STATE_INSECURE/)]);
    expect(readdirSync(outside)).toEqual([]);
    rmSync(link);
    await target.expectUnharmed();
  });
});
