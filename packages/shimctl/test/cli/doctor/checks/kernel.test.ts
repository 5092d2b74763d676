import { describe, expect, it } from 'vitest';
import { checkKernel } from '../../../../src/cli/doctor/checks/kernel.js';
import { examine } from '../../support/doctor-subject.js';

const ALL = { pidfdOpen: true, pidfdExitCode: true, tee: true };

describe('the kernel check', () => {
  it('names what the kernel can do', async () => {
    const found = '6.18.1: pidfd_open, tee, memfd, cgroup.kill, exit codes outlive the keeper';
    expect(await examine(checkKernel)).toEqual([{ verdict: 'ok', name: 'kernel', found }]);
  });

  it('warns of exit codes that are lost with the keeper', async () => {
    const findings = await examine(checkKernel, (system) => {
      system.kernel = '6.1.0-9-amd64';
      system.probes = { ...ALL, pidfdExitCode: false };
    });
    expect(findings).toMatchObject([{ verdict: 'warn', remedy: expect.stringContaining('6.15') as string }]);
  });

  it.each([
    ['pidfd_open', { ...ALL, pidfdOpen: false }],
    ['tee(2)', { ...ALL, tee: false }],
  ])('fails without %s', async (word, probes) => {
    const findings = await examine(checkKernel, (system) => (system.probes = probes));
    expect(findings).toMatchObject([{ verdict: 'fail', found: expect.stringContaining(word) as string }]);
  });

  it('says that it could not try anything without the addon', async () => {
    const findings = await examine(checkKernel, (system) => (system.probes = new Error('no addon')));
    expect(findings).toMatchObject([{ verdict: 'warn', found: expect.stringContaining('not tried') as string }]);
  });
});
