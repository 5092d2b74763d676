import { expect } from 'vitest';
import type { ConformanceTest } from '../suite/register-tests.js';
import type { LogBench } from './log-bench.js';
import { writtenText } from './texts.js';

/** reopen, and a shim that was restarted. */
export const continueTests: readonly ConformanceTest<LogBench>[] = [
  {
    title: 'writes on after reopen',
    needs: ['read', 'reopen'],
    async run(bench) {
      const writer = await bench.writer();
      await writer.write(['one\n']);
      await writer.reopen();
      await writer.write(['two\n']);
      await writer.reopen();
      await writer.flush();
      expect(writtenText(await bench.read())).toBe('one\ntwo\n');
      expect(await writer.close()).toEqual({ lost: 0 });
    },
  },
  {
    title: 'is reopened between the partial records of a line',
    needs: ['read', 'reopen'],
    async run(bench) {
      const writer = await bench.writer();
      await writer.write(['one\n', 'tw']);
      await writer.reopen();
      await writer.write(['o\n', 'three\n']);
      await writer.flush();
      expect(writtenText(await bench.read())).toBe('one\ntwo\nthree\n');
    },
  },
  {
    title: 'is followed across reopen',
    needs: ['read', 'reopen'],
    async run(bench) {
      const writer = await bench.writer();
      const follower = await bench.follower();
      await writer.write(['one\n']);
      await writer.flush();
      expect(await follower.next()).toBe('one\n');
      await writer.reopen();
      await writer.write(['two\n']);
      await writer.flush();
      expect(await follower.rest()).toBe('two\n');
    },
  },
  {
    title: 'goes on in a new instance after a restart of the shim',
    needs: ['read'],
    run: (bench) => restarts(bench, ['one\n', 'two\n'], ['three\n']),
  },
  {
    title: 'goes on between the partial records of a line after a restart of the shim',
    needs: ['read'],
    run: (bench) => restarts(bench, ['one\n', 'tw'], ['o\n', 'three\n']),
  },
  {
    title: 'goes on after a restart of the shim that nothing was written before',
    needs: ['read'],
    run: (bench) => restarts(bench, [], ['one\n']),
  },
  {
    title: 'goes on in a new instance although the old one was killed and never closed',
    needs: ['read'],
    async run(bench) {
      const killed = await bench.writer();
      await killed.write(['one\n', 'tw']);
      await killed.flush();
      await killed.kill();
      const writer = await bench.writer();
      await writer.write(['o\n', 'three\n']);
      await writer.flush();
      expect(writtenText(await bench.read())).toBe('one\ntwo\nthree\n');
    },
  },
];

async function restarts(bench: LogBench, before: readonly string[], after: readonly string[]): Promise<void> {
  const first = await bench.writer();
  if (before.length > 0) await first.write(before);
  expect(await first.close('restart')).toEqual({ lost: 0 });
  const second = await bench.writer();
  await second.write(after);
  expect(await second.close('drained')).toEqual({ lost: 0 });
  expect(writtenText(await bench.read())).toBe([...before, ...after].join(''));
}
