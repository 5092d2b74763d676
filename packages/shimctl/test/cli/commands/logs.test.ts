import { describe, expect, it } from 'vitest';
import { ShimError, type LogDriver, type LogEntry, type LogGap, type LogQuery } from '@holdfast/core/plugin';
import { BrokenOutput, Capture } from '../support/capture.js';
import { FakeCli } from '../support/fake-cli.js';

function entry(text: string, changes: Partial<LogEntry> = {}): LogEntry {
  return {
    type: 'entry',
    stream: 'stdout',
    time: 1_767_323_045_000_000_007n,
    bytes: Buffer.from(text),
    partial: false,
    ...changes,
  };
}

interface Reading {
  readonly cli: FakeCli;
  readonly queries: LogQuery[];
}

/** A container whose driver reads back what `read` yields. */
function reading(read: (query: LogQuery, signal: AbortSignal) => AsyncIterable<LogEntry | LogGap>): Reading {
  const cli = new FakeCli();
  const queries: LogQuery[] = [];
  cli.add('c1');
  cli.logReader = {
    ...({} as LogDriver),
    read: (query, signal) => {
      queries.push(query);
      return read(query, signal);
    },
  };
  return { cli, queries };
}

function items(...all: (LogEntry | LogGap)[]): () => AsyncIterable<LogEntry | LogGap> {
  return async function* () {
    await Promise.resolve();
    yield* all;
  };
}

/** Resolves when the signal is aborted. */
function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener('abort', () => resolve());
  });
}

describe('logs', () => {
  it('writes each stream to its own, a newline after whole records alone', async () => {
    const { cli, queries } = reading(
      items(
        entry('one'),
        entry('tw', { partial: true }),
        entry('o'),
        entry('bad', { stream: 'stderr' }),
        entry('end', { partial: true }),
      ),
    );
    expect(await cli.run('logs', 'c1')).toEqual({ code: 0, stdout: 'one\ntwo\nend', stderr: 'bad\n' });
    expect(queries).toEqual([{}]);
    expect(cli.logReaderFor.map(({ id }) => id)).toEqual(['c1']);
  });

  it('leaves every byte as it is', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const { cli } = reading(items(entry('', { bytes, partial: true })));
    const stdout = new Capture();
    await cli.runWith({ stdout, stderr: new Capture() }, 'logs', 'c1');
    expect(stdout.bytes).toEqual(bytes);
  });

  it('passes the streams and the tail wanted on', async () => {
    const { cli, queries } = reading(items());
    await cli.run('logs', '--stderr', '--tail', '5', 'c1');
    await cli.run('logs', '--stdout', 'c1');
    await cli.run('logs', '--stdout', '--stderr', '--tail', '0', 'c1');
    expect(queries).toEqual([
      { streams: ['stderr'], tail: 5 },
      { streams: ['stdout'] },
      { streams: ['stdout', 'stderr'], tail: 0 },
    ]);
  });

  it('takes a stream by its name', async () => {
    const { cli, queries } = reading(items());
    await cli.run('logs', '--stream', 'stderr', 'c1');
    await cli.run('logs', '--stream', 'stdout', 'c1');
    await cli.run('logs', '--stream', 'stdout', '--stderr', 'c1');
    expect(queries).toEqual([{ streams: ['stderr'] }, { streams: ['stdout'] }, { streams: ['stdout', 'stderr'] }]);
    expect((await cli.run('logs', '--stream', 'stdin', 'c1')).code).toBe(2);
  });

  it('prints with --raw what the container printed and nothing else', async () => {
    const gap: LogGap = { type: 'gap', records: 3, reason: 'full' };
    const { cli } = reading(
      items(entry('one'), gap, entry('two', { stream: 'stderr' }), entry('end', { partial: true })),
    );
    expect(await cli.run('logs', '--raw', 'c1')).toEqual({ code: 0, stdout: 'one\nend', stderr: 'two\n' });
  });

  it.each([['--timestamps'], ['--json']])('refuses --raw together with %s', async (other) => {
    const { cli, queries } = reading(items(entry('one')));
    const { code, stderr } = await cli.run('logs', '--raw', other, 'c1');
    expect(code).toBe(2);
    expect(stderr).toContain(`--raw and ${other} contradict each other`);
    expect(queries).toEqual([]);
  });

  it('takes a tail of all for no tail', async () => {
    const { cli, queries } = reading(items());
    await cli.run('logs', '--tail', 'all', 'c1');
    expect(queries).toEqual([{}]);
  });

  it.each(['-1', 'ALL', '1.5', ''])('refuses the tail %j', async (tail) => {
    const { code, stderr } = await new FakeCli().run('logs', `--tail=${tail}`, 'c1');
    expect(code).toBe(2);
    expect(stderr).toContain('is not a whole number, 0 or more (SHIM_USAGE)\n  at: --tail');
  });

  it('passes the times wanted on', async () => {
    const { cli, queries } = reading(items());
    await cli.run('logs', '--since', '2026-01-02T03:04:05.5Z', '--until', '1767323046.000000001', 'c1');
    expect(queries).toEqual([{ since: 1_767_323_045_500_000_000n, until: 1_767_323_046_000_000_001n }]);
  });

  it.each(['--since', '--until'])('refuses nonsense after %s', async (option) => {
    const { code, stderr } = await new FakeCli().run('logs', option, 'yesterday', 'c1');
    expect(code).toBe(2);
    expect(stderr).toContain(`"yesterday" is not a time (SHIM_USAGE)\n  at: ${option}`);
  });

  it('refuses times between which nothing lies', async () => {
    const { code, stderr } = await new FakeCli().run('logs', '--since', '1h', '--until', '2h', 'c1');
    expect(code).toBe(2);
    expect(stderr).toContain('nothing lies between --since and --until');
  });

  it('prints records as JSON, one a line, bytes that are no UTF-8 as base64, and gaps', async () => {
    const { cli } = reading(
      items(
        entry('a "b" \u2028', { stream: 'stderr' }),
        entry('', { bytes: Buffer.from([0xff, 0x61]), partial: true, time: undefined }),
        { type: 'gap', records: 3, reason: 'full' },
        { type: 'gap', records: undefined, reason: 'rotated' },
        { type: 'gap', records: 1, bytes: 9, time: 1_767_323_045_000_000_007n, stream: 'stderr', reason: 'timeout' },
      ),
    );
    const { code, stdout, stderr } = await cli.run('--json', 'logs', '--timestamps', 'c1');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').map((line) => (line === '' ? '' : (JSON.parse(line) as unknown)))).toEqual([
      {
        type: 'entry',
        stream: 'stderr',
        time: '2026-01-02T03:04:05.000000007Z',
        text: 'a "b" \u2028',
        partial: false,
      },
      { type: 'entry', stream: 'stdout', time: null, base64: '/2E=', partial: true },
      { type: 'gap', records: 3, reason: 'full' },
      { type: 'gap', records: null, reason: 'rotated' },
      {
        type: 'gap',
        records: 1,
        bytes: 9,
        time: '2026-01-02T03:04:05.000000007Z',
        stream: 'stderr',
        reason: 'timeout',
      },
      '',
    ]);
  });

  it('puts the time before lines, not before the rest of one', async () => {
    const { cli } = reading(
      items(entry('a', { partial: true }), entry('b'), entry('c', { time: undefined }), entry('d')),
    );
    expect((await cli.run('logs', '--timestamps', 'c1')).stdout).toBe(
      '2026-01-02T03:04:05.000000007Z ab\nc\n2026-01-02T03:04:05.000000007Z d\n',
    );
  });

  it('tells gaps on stderr', async () => {
    const { cli } = reading(
      items(
        entry('a'),
        { type: 'gap', records: 3, reason: 'disk\u0007full' },
        { type: 'gap', records: undefined, reason: 'rotated' },
        { type: 'gap', records: 1, reason: 'x' },
        { type: 'gap', records: 2, bytes: 7, stream: 'stderr', reason: 'queue full' },
      ),
    );
    expect(await cli.run('logs', 'c1')).toEqual({
      code: 0,
      stdout: 'a\n',
      stderr:
        'shimctl: 3 log records are missing here: disk\\x07full\n' +
        'shimctl: log records are missing here: rotated\n' +
        'shimctl: 1 log record is missing here: x\n' +
        'shimctl: 2 log records (7 bytes) of stderr are missing here: queue full\n',
    });
  });

  it('takes no notice when the driver uses the memory of a record again', async () => {
    const shared = Buffer.from('aaa');
    const { cli } = reading(async function* () {
      yield entry('', { bytes: shared });
      shared.fill('b');
      yield entry('', { bytes: shared });
      await Promise.resolve();
    });
    expect((await cli.run('logs', 'c1')).stdout).toBe('aaa\nbbb\n');
  });

  it('says so when nothing can be read back', async () => {
    const cli = new FakeCli();
    cli.add('c1');
    cli.add('c2', { logs: [] });
    const one = await cli.run('logs', 'c1');
    expect(one.code).toBe(1);
    expect(one.stderr).toContain('none of its log drivers can be read back: file (SHIM_UNSUPPORTED)');
    expect((await cli.run('logs', 'c2')).stderr).toContain('the container keeps no logs (SHIM_UNSUPPORTED)');
  });

  it('prints what came before an error of the driver', async () => {
    const { cli } = reading(async function* () {
      yield entry('a');
      await Promise.resolve();
      throw new ShimError('SHIM_LOG_READ', 'the disk is gone');
    });
    const { code, stdout, stderr } = await cli.run('logs', 'c1');
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'a\n' });
    expect(stderr).toContain('the disk is gone (SHIM_LOG_READ)');
  });

  it('ends silently when the reader of stdout has gone', async () => {
    const { cli } = reading(async function* () {
      yield entry('a');
      await new Promise(() => undefined);
    });
    const stderr = new Capture();
    expect(await cli.runWith({ stdout: new BrokenOutput('EPIPE'), stderr }, 'logs', 'c1')).toBe(0);
    expect(stderr.text).toBe('');
  });
});

describe('logs -f', () => {
  it('shows what is there at once, and ends when the container is drained', async () => {
    let drain: () => void = () => undefined;
    const { cli, queries } = reading(async function* ({ follow }) {
      yield entry('before');
      await expect.poll(() => stdout.text).toBe('before\n');
      drain();
      await aborted(follow);
      yield entry('last words');
    });
    const stdout = new Capture();
    cli.service.drained = new Promise<void>((resolve) => (drain = resolve));
    expect(await cli.runWith({ stdout, stderr: new Capture() }, 'logs', '-f', '--tail', '1', 'c1')).toBe(0);
    expect(stdout.text).toBe('before\nlast words\n');
    expect(queries).toEqual([{ tail: 1, follow: expect.any(AbortSignal) as AbortSignal }]);
    expect(cli.service.calls.at(-1)).toEqual(['wait', { namespace: 'default', id: 'c1' }, 'drained']);
    expect(cli.signals.eventNames()).toEqual([]);
  });

  it('reads to the end when the container has been removed meanwhile', async () => {
    const { cli } = reading(async function* ({ follow }) {
      await aborted(follow);
      yield entry('rest');
    });
    cli.service.failures.wait = new ShimError('SHIM_CONTAINER_NOT_FOUND', 'gone');
    expect(await cli.run('logs', '-f', 'c1')).toEqual({ code: 0, stdout: 'rest\n', stderr: '' });
  });

  it.each([
    ['in the past', '10m'],
    ['soon', String(Date.now() / 1000 + 1)],
  ])('ends when the time after --until is over: %s', async (_when, time) => {
    const { cli } = reading(async function* ({ follow }) {
      yield entry('before');
      await aborted(follow);
    });
    cli.service.drained = new Promise(() => undefined);
    expect(await cli.run('logs', '-f', '--until', time, 'c1')).toEqual({ code: 0, stdout: 'before\n', stderr: '' });
  });

  it('ends with 130 at SIGINT', async () => {
    const { cli } = reading(async function* (_query, signal) {
      yield entry('a');
      cli.signals.emit('SIGINT');
      await aborted(signal);
      throw signal.reason;
    });
    cli.service.drained = new Promise(() => undefined);
    const { code, stdout, stderr } = await cli.run('logs', '-f', 'c1');
    expect({ code, stdout, stderr }).toEqual({ code: 130, stdout: 'a\n', stderr: '' });
  });
});
