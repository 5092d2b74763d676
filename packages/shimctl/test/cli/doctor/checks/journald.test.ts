import { describe, expect, it } from 'vitest';
import { checkJournald } from '../../../../src/cli/doctor/checks/journald.js';
import { examine, verdicts } from '../../support/doctor-subject.js';
import type { FakeSystem } from '../../support/fake-system.js';

const SOCKET = { type: 'socket', mode: 0o666, uid: 0 } as const;
const MAIN = { logs: [{ driver: 'journald', options: {} }] };
const running = (system: FakeSystem): unknown => (system.statuses['/run/systemd/journal/socket'] = SOCKET);

describe('the journald check', () => {
  it('does not mind that there is none if no driver needs it', async () => {
    const [finding] = await examine(checkJournald);
    expect(finding).toMatchObject({ verdict: 'ok', found: 'is not there; the config has no journald driver' });
  });

  it('fails if a driver needs it and it is not there', async () => {
    const [finding] = await examine(checkJournald, undefined, MAIN);
    expect(finding).toMatchObject({ verdict: 'fail', found: '/run/systemd/journal/socket is not there' });
    expect(finding?.remedy).toContain('systemctl start systemd-journald');
  });

  it('is content with one that answers', async () => {
    expect(verdicts(await examine(checkJournald, running, MAIN))).toEqual(['ok journald']);
  });

  it('fails for a socket that nobody answers at', async () => {
    const findings = await examine(
      checkJournald,
      (system) => {
        running(system);
        system.varlink['/run/systemd/journal/io.systemd.journal'] = new Error('ECONNREFUSED');
      },
      MAIN,
    );
    expect(findings).toMatchObject([{ verdict: 'fail', remedy: 'systemctl restart systemd-journald' }]);
  });

  it('looks at the namespace that the driver names, and for journalctl', async () => {
    const findings = await examine(checkJournald, (system) => delete system.programs['journalctl'], {
      logs: [{ driver: 'journald', options: { namespace: 'web' } }],
    });
    expect(verdicts(findings)).toEqual(['fail journald web', 'warn journalctl']);
    expect(findings[0]?.found).toBe('/run/systemd/journal.web/socket is not there');
  });
});
