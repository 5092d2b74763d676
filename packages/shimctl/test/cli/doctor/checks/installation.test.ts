import { describe, expect, it } from 'vitest';
import { checkInstallation } from '../../../../src/cli/doctor/checks/installation.js';
import { examine, verdicts } from '../../support/doctor-subject.js';

describe('the installation check', () => {
  it('is content with a complete installation', async () => {
    expect(verdicts(await examine(checkInstallation))).toEqual(['ok node', 'ok addon', 'ok keeper']);
  });

  it('fails for a Node that is too old', async () => {
    const [node] = await examine(checkInstallation, (system) => (system.node = '18.20.1'));
    expect(node).toMatchObject({ verdict: 'fail', found: 'v18.20.1 is too old', remedy: 'Install Node 20 or later.' });
  });

  it('fails for an addon and a keeper that are not there', async () => {
    const findings = await examine(checkInstallation, (system) => {
      system.probes = new Error('Cannot find module x\nrequire stack');
      system.keeperPath = new Error('Cannot find module y');
    });
    expect(verdicts(findings)).toEqual(['ok node', 'fail addon', 'fail keeper']);
    expect(findings[1]?.found).toBe('does not load on linux-x64: Cannot find module x');
  });

  it('fails for a keeper that cannot be executed, and names the command that mends it', async () => {
    const findings = await examine(
      checkInstallation,
      (system) => (system.statuses['/lib/keeper'] = { type: 'file', mode: 0o644, uid: 0 }),
    );
    expect(findings[2]).toMatchObject({ verdict: 'fail', remedy: 'chmod 755 /lib/keeper' });
  });
});
