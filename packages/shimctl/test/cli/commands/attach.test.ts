import { expect, it } from 'vitest';
import { FakeCli } from '../support/fake-cli.js';

it('joins stdio to a running container, not as its starter, and exits with its code', async () => {
  const cli = new FakeCli();
  cli.add('c1', { status: 'running' });
  cli.shims.process = ({ stdout }) => {
    stdout.write('out');
    return Promise.resolve({ exitCode: 9, signal: null, exitedAt: '2026-01-02T03:04:05.000Z' });
  };
  expect(await cli.run('attach', 'c1')).toEqual({ code: 9, stdout: 'out', stderr: '' });
  expect(cli.shims.attached[0]?.request).toMatchObject({ primary: false, stdin: cli.stdin, leaveStdinOpen: false });
  await cli.run('attach', '--leave-stdin-open', 'c1');
  await cli.run('attach', '--no-stdin', 'c1');
  expect(cli.shims.attached[1]?.request.leaveStdinOpen).toBe(true);
  expect(cli.shims.attached[2]?.request.stdin).toBeUndefined();
});

it.each([
  [[], 'SIGINT', [2]],
  [['--no-sig-proxy'], 'SIGINT', []],
])('with %j %s reaches the container as %j', async (flags, name, sent) => {
  const cli = new FakeCli();
  cli.add('c1', { status: 'running' });
  let end: () => void = () => undefined;
  cli.shims.process = ({ stdout }) =>
    new Promise((resolve) => {
      end = () => resolve({ exitCode: 0, signal: null, exitedAt: '2026-01-02T03:04:05.000Z' });
      stdout.write('attached');
    });
  cli.service.before.kill = () => end();
  const result = cli.run('attach', ...flags, 'c1');
  while (cli.shims.attached.length === 0) await new Promise((resolve) => setImmediate(resolve));
  cli.signals.emit(name);
  expect((await result).code).toBe(sent.length === 0 ? 130 : 0);
  const signals = cli.service.calls.filter(([method]) => method === 'kill').map(([, , request]) => request);
  expect(signals).toEqual(sent.map((signal) => expect.objectContaining({ signal }) as object));
});

it.each(['stopped', 'unknown'] as const)('refuses one that is %s', async (status) => {
  const cli = new FakeCli();
  cli.add('c1', { status });
  const { code, stderr } = await cli.run('attach', 'c1');
  expect([code, cli.shims.attached]).toEqual([125, []]);
  expect(stderr).toContain(`cannot attach to c1: it is ${status}`);
});
