import { describe, expect, it } from 'vitest';
import { ShimError } from '@holdfast/core/plugin';
import { ok } from '../../../src/cli/doctor/check.js';
import { runChecks } from '../../../src/cli/doctor/run-checks.js';
import { SUBJECT } from '../support/doctor-subject.js';
import { FakeSystem } from '../support/fake-system.js';

const MACHINE = { system: new FakeSystem(), subject: SUBJECT };

describe('runChecks', () => {
  it('keeps the order of the checks, whichever ends first', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const checks = {
      slow: async () => released.then(() => ok('slow', 'done')),
      fast: async () => {
        release();
        return [ok('fast', '1'), ok('fast', '2')];
      },
    };
    expect((await runChecks(checks, MACHINE)).map(({ name, found }) => `${name} ${found}`)).toEqual([
      'slow done',
      'fast 1',
      'fast 2',
    ]);
  });

  it('gives up on one that hangs, and tells the others', async () => {
    const checks = { hangs: () => new Promise<never>(() => undefined), fine: async () => ok('fine', 'yes') };
    expect(await runChecks(checks, { ...MACHINE, deadlineMs: 20 })).toMatchObject([
      { verdict: 'fail', name: 'hangs', found: 'no answer within 0.02 s' },
      { verdict: 'ok', name: 'fine' },
    ]);
  });

  it('tells an error with its own remedy', async () => {
    const error = new ShimError('SHIM_STATE_INSECURE', 'not ours', { remedy: 'Make it ours.' });
    const findings = await runChecks({ state: () => Promise.reject(error) }, MACHINE);
    expect(findings).toEqual([{ verdict: 'fail', name: 'state', found: 'not ours', remedy: 'Make it ours.' }]);
  });
});
