import { describe, expect, it } from 'vitest';
import { checkCgroups } from '../../../../src/cli/doctor/checks/cgroups.js';
import { examine, runtime, verdicts } from '../../support/doctor-subject.js';
import { DIRECTORY, MOUNTINFO, type FakeSystem } from '../../support/fake-system.js';

function hybrid(controllers: string): (system: FakeSystem) => void {
  return (system) => {
    system.files['/proc/self/mountinfo'] = MOUNTINFO.hybrid;
    system.files['/sys/fs/cgroup/unified/cgroup.controllers'] = `${controllers}\n`;
  };
}

describe('the cgroup check', () => {
  it.each([
    ['v2', 'v2 alone; runc takes it'],
    ['v1', 'v1 alone; runc takes it'],
  ] as const)('is content with %s', async (mode, found) => {
    const change = (system: FakeSystem): string => (system.files['/proc/self/mountinfo'] = MOUNTINFO[mode]);
    const findings = await examine(checkCgroups, change, { runtimes: [runtime('crun')] });
    expect(verdicts(findings)).toEqual(['ok cgroups', 'ok systemd']);
    expect(findings[0]?.found).toBe(found);
  });

  it('fails where no cgroups are mounted', async () => {
    const findings = await examine(checkCgroups, (system) => (system.files['/proc/self/mountinfo'] = ''));
    expect(verdicts(findings)).toEqual(['fail cgroups']);
  });

  it('fails on a hybrid host for crun if it is the default, with the code that crun would end in', async () => {
    const findings = await examine(checkCgroups, hybrid('hugetlb'), { runtimes: [runtime('crun')] });
    expect(verdicts(findings)).toEqual(['ok cgroups', 'fail cgroups crun', 'ok systemd']);
    expect(findings[1]?.found).toContain('SHIM_CGROUP_MODE');
    expect(findings[1]?.remedy).toContain('systemd.unified_cgroup_hierarchy=1');
  });

  it('warns on a hybrid host of a crun that is not the default', async () => {
    const findings = await examine(checkCgroups, hybrid('hugetlb'));
    expect(verdicts(findings)).toEqual(['ok cgroups', 'warn cgroups crun', 'ok systemd']);
  });

  it('warns of a script in the place of crun, which may hide v2', async () => {
    const findings = await examine(
      checkCgroups,
      (system) => {
        hybrid('hugetlb')(system);
        system.files['/usr/bin/crun'] = '#!/bin/sh\n';
      },
      { runtimes: [runtime('crun')] },
    );
    expect(verdicts(findings)).toEqual(['ok cgroups', 'warn cgroups crun', 'ok systemd']);
  });

  it('is content on a hybrid host whose v2 has no controllers', async () => {
    const findings = await examine(checkCgroups, hybrid(''), { runtimes: [runtime('crun')] });
    expect(verdicts(findings)).toEqual(['ok cgroups', 'ok cgroups crun', 'ok systemd']);
  });

  it('fails for systemdCgroup where systemd is not PID 1, and is content where it is', async () => {
    const runtimes = [runtime('runc', { systemdCgroup: true })];
    const without = await examine(checkCgroups, undefined, { runtimes });
    expect(verdicts(without)).toEqual(['ok cgroups', 'fail systemd']);
    const change = (system: FakeSystem): unknown => (system.statuses['/run/systemd/system'] = DIRECTORY);
    expect(verdicts(await examine(checkCgroups, change, { runtimes }))).toEqual(['ok cgroups', 'ok systemd']);
  });
});
