import { describe, expect, test } from 'vitest';
import { ShimError } from '../../src/plugin/shim-error.js';
import { recover, rewrite, started } from '../support/killed-shim.js';
import { REF, ShimFixture } from '../support/shim-fixture.js';

describe('phase starting', () => {
  test.each(['created', 'running'] as const)('is carried through when the runtime says %s', async (says) => {
    const fixture = await started(false);
    rewrite(fixture, 'runtime.json', { phase: 'starting', requests: ['same'] });
    fixture.runtime.process('c1').status = says;
    const shim = await recover(fixture);
    expect(await shim.inspect(REF)).toMatchObject({ status: 'running' });
    await shim.start(REF, { requestId: 'same' });
    expect(fixture.runtime.calls.filter((call) => call === 'start c1')).toHaveLength(says === 'created' ? 1 : 0);
  });

  test('of which the runtime was still at work is carried through by it', async () => {
    const fixture = await started(false);
    rewrite(fixture, 'runtime.json', { phase: 'starting' });
    fixture.runtime.before = (call) => {
      if (!call.startsWith('start')) return;
      fixture.runtime.process('c1').status = 'running';
      throw new ShimError('SHIM_ILLEGAL_STATE', 'cannot start an already running container');
    };
    expect(await (await recover(fixture)).inspect(REF)).toMatchObject({ status: 'running' });
  });

  test('of one that has ended since, as a second killed shimd recorded, is done', async () => {
    const fixture = new ShimFixture();
    const { shim: killed } = fixture.compose();
    await killed.create(fixture.request());
    await killed.start(REF, { requestId: 'same' });
    await fixture.runtime.process('c1').exit(4);
    const { exitedAt } = await killed.wait(REF, 'drained');
    rewrite(fixture, 'runtime.json', { phase: 'starting', startedAt: null, requests: ['same'] });
    const shim = await recover(fixture);
    await expect(shim.start(REF, { requestId: 'same' })).resolves.toMatchObject({
      status: 'stopped',
      exitCode: 4,
      startedAt: exitedAt,
    });
    expect(fixture.runtime.calls.filter((call) => call === 'start c1')).toHaveLength(1);
  });

  test('which the runtime does not come to an end with keeps nobody else waiting, and goes on when it does', async () => {
    const fixture = await started(false);
    rewrite(fixture, 'runtime.json', { phase: 'starting' });
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    fixture.runtime.before = (call) => (call.startsWith('start') ? answered : undefined);
    const shim = await recover(fixture);
    expect(await shim.inspect(REF)).toMatchObject({ status: 'created' });
    const paused = shim.pause(REF, { requestId: 'after it' });
    answer();
    await paused;
    expect(await shim.inspect(REF)).toMatchObject({ status: 'paused' });
    expect(fixture.runtime.calls.filter((call) => !call.startsWith('state')).slice(-2)).toEqual([
      'start c1',
      'pause c1',
    ]);
  });

  test('that the runtime refuses leaves a created container', async () => {
    const fixture = await started(false);
    rewrite(fixture, 'runtime.json', { phase: 'starting' });
    fixture.runtime.before = (call) => {
      if (call.startsWith('start')) throw new ShimError('SHIM_RUNTIME_FAILED', 'no');
    };
    expect(await (await recover(fixture)).inspect(REF)).toMatchObject({ status: 'created', startedAt: null });
  });
});
