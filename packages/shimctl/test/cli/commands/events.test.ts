import { describe, expect, it } from 'vitest';
import type { EventDocument } from '@holdfast/core/client';
import { FakeCli } from '../support/fake-cli.js';

const event = (changes: Partial<EventDocument> = {}): EventDocument => ({
  cursor: 1,
  time: '2026-01-02T03:04:05.678Z',
  type: 'start',
  namespace: 'default',
  id: 'c1',
  instance: 'i1',
  group: 'g1',
  attributes: {},
  ...changes,
});

async function* stream(events: readonly EventDocument[]): AsyncGenerator<EventDocument> {
  await Promise.resolve();
  yield* events;
}

function playing(...events: EventDocument[]): FakeCli {
  const cli = new FakeCli();
  cli.events = () => stream(events);
  return cli;
}

describe('events', () => {
  it('has a line for each, what it tells in brackets', async () => {
    const cli = playing(
      event({ type: 'shim-start', namespace: '', id: '', attributes: { pid: 5, restarts: 0 } }),
      event(),
      event({ type: 'exit', attributes: { exitCode: 137, signal: 'SIGKILL' } }),
      event({ type: 'exit', attributes: { exitCode: null, signal: null } }),
      event({ type: 'log-lost', attributes: { drivers: 'x\n\u001b[31m' } }),
    );
    const at = '2026-01-02T03:04:05.678Z';
    expect(await cli.run('events')).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        `${at} shim-start group g1 (pid=5, restarts=0)`,
        `${at} start default/c1`,
        `${at} exit default/c1 (exitCode=137, signal=SIGKILL)`,
        `${at} exit default/c1 (exitCode=unknown)`,
        `${at} log-lost default/c1 (drivers=x\\x0a\\x1b[31m)`,
        '',
      ].join('\n'),
    });
  });

  it('has a document a line with --json', async () => {
    const { stdout } = await playing(event(), event({ id: 'c2' })).run('events', '--json');
    expect(
      stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([event(), event({ id: 'c2' })]);
  });

  it.each([
    [[], { past: false, follow: true }],
    [['--no-follow'], { past: true, follow: false }],
    [['--since', '2026-01-02T03:04:05Z'], { past: true, follow: true, since: 1_767_323_045_000 }],
    [['--since', '2026-01-31'], { past: true, follow: true, since: new Date(2026, 0, 31).getTime() }],
    [['--until', '2026-01-31 08:30'], { past: true, follow: true, until: new Date(2026, 0, 31, 8, 30).getTime() }],
    [['--until', '1767323045'], { past: true, follow: true, until: 1_767_323_045_000 }],
  ])('%j asks for %j', async (args, options) => {
    const cli = playing();
    expect((await cli.run('events', ...args, '--root', '/r')).code).toBe(0);
    expect(cli.eventRequests).toMatchObject([{ root: '/r', options }]);
  });

  it('takes an age', async () => {
    const cli = playing();
    const before = Date.now();
    await cli.run('events', '--since', '10m');
    const since = cli.eventRequests[0]?.options.since ?? 0;
    expect(since).toBeGreaterThanOrEqual(before - 600_000);
    expect(since).toBeLessThanOrEqual(Date.now() - 600_000);
  });

  it('filters: of one key any, of different keys all, namespace and group of the command line as well', async () => {
    const cli = playing(
      event({ id: 'a', type: 'exit' }),
      event({ id: 'b', type: 'oom', group: 'g2' }),
      event({ id: 'c', type: 'exit', namespace: 'other' }),
      event({ id: 'd' }),
    );
    const ids = async (...args: string[]): Promise<string[]> =>
      [...(await cli.run('events', ...args)).stdout.matchAll(/\/(\w)/g)].map(([, id]) => id as string);
    expect(await ids('--filter', 'type=exit', '--filter', 'type=oom')).toEqual(['a', 'b', 'c']);
    expect(await ids('--filter', 'type=exit', '--filter', 'id=a', '--filter', 'id=b')).toEqual(['a']);
    expect(await ids('--namespace', 'other')).toEqual(['c']);
    expect(await ids('--group', 'g2')).toEqual(['b']);
  });

  it.each([
    [['--since', '2026-02-30'], '"2026-02-30" is not a time (SHIM_USAGE)\n  at: --since'],
    [['--since', 'soon'], '"soon" is not a time (SHIM_USAGE)\n  at: --since'],
    [['--filter', 'typ=exit'], 'unknown filter "typ", did you mean "type"?'],
    [['--filter', 'type=exti'], 'unknown type "exti", did you mean "exit"?'],
    [['--filter', 'id='], 'the filter "id" has no value'],
  ])('refuses %j', async (args, words) => {
    const cli = playing();
    const { code, stderr } = await cli.run('events', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(cli.configRequests).toEqual([]);
  });

  it('ends with 130 at SIGINT', async () => {
    const cli = new FakeCli();
    cli.events = async function* ({ signal }) {
      const ended = new Promise((resolve) => signal?.addEventListener('abort', resolve));
      cli.signals.emit('SIGINT');
      await ended;
      yield* [];
    };
    expect((await cli.run('events')).code).toBe(130);
  });
});
