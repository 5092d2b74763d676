import { describe, expect, it } from 'vitest';
import { checkLimits } from '../../../../src/cli/doctor/checks/limits.js';
import { examine, verdicts } from '../../support/doctor-subject.js';

describe('the limits check', () => {
  it('is content with usual limits, and leaves pipes out for root', async () => {
    expect(verdicts(await examine(checkLimits))).toEqual(['ok open files', 'ok inotify', 'ok proc']);
  });

  it('warns of few files, few watchers and, for others than root, few pipes and a hidden /proc', async () => {
    const findings = await examine(checkLimits, (system) => {
      system.uid = 1000;
      system.files['/proc/self/limits'] =
        'Max open files            256                 1024               files     \n';
      system.files['/proc/sys/fs/pipe-user-pages-soft'] = '16\n';
      system.files['/proc/sys/fs/inotify/max_user_instances'] = '4\n';
      system.files['/proc/self/mountinfo'] = '22 27 0:21 / /proc rw - proc proc rw,hidepid=invisible\n';
    });
    expect(verdicts(findings)).toEqual(['warn open files', 'warn pipes', 'warn inotify', 'warn proc']);
  });

  it('is content with a hidden /proc for root, and without a limit of files', async () => {
    const findings = await examine(checkLimits, (system) => {
      system.files['/proc/self/limits'] = 'Max open files            1024         unlimited         files     \n';
      system.files['/proc/self/mountinfo'] = '22 27 0:21 / /proc rw - proc proc rw,hidepid=2\n';
    });
    expect(verdicts(findings)).toEqual(['ok open files', 'ok inotify', 'ok proc']);
    expect(findings[2]?.found).toBe('hidepid=2: root sees every process');
  });
});
