import { describe, expect, it } from 'vitest';
import { checkCapabilities } from '../../../../src/cli/doctor/checks/capabilities.js';
import { examine } from '../../support/doctor-subject.js';
import type { FakeSystem } from '../../support/fake-system.js';

const having = (mask: string) => (system: FakeSystem) => (system.files['/proc/self/status'] = `CapEff:\t${mask}\n`);

describe('the permissions check', () => {
  it('is content with a full set', async () => {
    expect(await examine(checkCapabilities)).toMatchObject([{ verdict: 'ok' }]);
  });

  it('warns of specs that will fail without CAP_SYS_RESOURCE', async () => {
    const [finding] = await examine(checkCapabilities, having('000001fffeffffff'));
    expect(finding).toMatchObject({ verdict: 'warn', found: 'root without CAP_SYS_RESOURCE' });
    expect(finding?.remedy).toContain('rlimit');
  });

  it('fails in a container without CAP_SYS_ADMIN', async () => {
    const [finding] = await examine(checkCapabilities, having('00000000a80425fb'));
    expect(finding).toMatchObject({ verdict: 'fail', found: 'root without CAP_SYS_ADMIN' });
  });

  it('tells a user without capabilities to be root', async () => {
    const [finding] = await examine(checkCapabilities, (system) => {
      system.uid = 1000;
      having('0000000000000000')(system);
    });
    expect(finding).toMatchObject({ verdict: 'fail', remedy: 'Run as root.' });
    expect(finding?.found).toMatch(/^uid 1000 without CAP_SYS_ADMIN, CAP_KILL/);
  });
});
