import { expect, it } from 'vitest';
import { untilInterrupted } from '../../src/cli/until-interrupted.js';
import { FakeCli } from './support/fake-cli.js';

const environment = (cli: FakeCli) => ({
  environment: {
    hurry: () => (cli.hurried += 1),
    onSignal: (signal: string, handler: () => void) => {
      cli.signals.on(signal, handler);
      return () => cli.signals.off(signal, handler);
    },
  },
});

it('work that hangs, and fails later, ends at once with 130', async () => {
  const cli = new FakeCli();
  const context = environment(cli) as unknown as Parameters<typeof untilInterrupted>[0];
  let fail: (error: Error) => void = () => undefined;
  let seen: AbortSignal | undefined;
  const done = untilInterrupted(context, (signal) => {
    seen = signal;
    return new Promise((_, reject) => (fail = reject));
  });
  cli.signals.emit('SIGINT');
  expect([await done, cli.hurried, seen?.aborted, cli.signals.listenerCount('SIGINT')]).toEqual([130, 1, true, 0]);
  fail(new Error('too late to matter'));
});

it('work that ends by itself has its own code, or its own error', async () => {
  const cli = new FakeCli();
  const context = environment(cli) as unknown as Parameters<typeof untilInterrupted>[0];
  expect(await untilInterrupted(context, () => Promise.resolve(0))).toBe(0);
  await expect(untilInterrupted(context, () => Promise.reject(new Error('of the work')))).rejects.toThrow(
    'of the work',
  );
  expect([cli.hurried, cli.signals.listenerCount('SIGINT')]).toEqual([0, 0]);
});
