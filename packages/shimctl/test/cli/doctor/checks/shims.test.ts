import { describe, expect, it } from 'vitest';
import type { ContainerDocument } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { checkShims } from '../../../../src/cli/doctor/checks/shims.js';
import type { ShimAnswer } from '../../../../src/cli/doctor/system.js';
import { containerDocument } from '../../support/documents.js';
import { examine, verdicts } from '../../support/doctor-subject.js';
import type { FakeSystem } from '../../support/fake-system.js';

function answer(version: string, restarts = 0, containers: ContainerDocument[] = []): ShimAnswer {
  const shim = { pid: 11, keeperPid: 10, group: 'default' };
  return { version: { version, api: 1, shim, restarts }, containers };
}

const serving = (shim: ShimAnswer | Error) => (system: FakeSystem) => {
  system.directories['/run/holdfast/groups'] = ['default'];
  system.shims['default'] = shim;
};
const CONTAINER = { namespace: 'default', id: 'web', group: 'default', instance: 'i', error: undefined };

describe('the check of shims', () => {
  it('is content when there are none, and with the directory of one that has left', async () => {
    expect(await examine(checkShims)).toMatchObject([{ verdict: 'ok', name: 'shims' }]);
    const left = await examine(checkShims, (system) => (system.directories['/run/holdfast/groups'] = ['old']));
    expect(left).toMatchObject([{ verdict: 'ok', name: 'shims' }]);
  });

  it('tells of one that runs the installed version', async () => {
    const findings = await examine(checkShims, serving(answer('9.8.7')));
    expect(findings).toEqual([{ verdict: 'ok', name: 'shim default', found: 'version 9.8.7, pid 11, 0 containers' }]);
  });

  it('warns of another version than the installed one', async () => {
    const [finding] = await examine(checkShims, serving(answer('9.0.0')));
    expect(finding).toMatchObject({
      verdict: 'warn',
      found: 'version 9.0.0, pid 11, 0 containers; installed is 9.8.7',
      remedy: expect.stringContaining('`shimctl upgrade`') as string,
    });
  });

  it('warns of one that dies again and again', async () => {
    const [finding] = await examine(checkShims, serving(answer('9.8.7', 12)));
    expect(finding).toMatchObject({ verdict: 'warn', found: expect.stringContaining('it died 12 times') as string });
  });

  const CRASHES = {
    ...{ keeper: 10, deaths: 6, since: 0, lastAt: 9_000, lastStatus: 9, nextAt: 12_000 },
    serving: false,
  };

  it('fails for one that is in a crash loop, and does not ask it', async () => {
    const findings = await examine(checkShims, (system) => {
      serving(new Error('was asked'))(system);
      system.crashing['default'] = CRASHES;
    });
    expect(findings).toEqual([
      {
        ...{ verdict: 'fail', name: 'shim default' },
        found:
          'is in a crash loop: it has died 6 times in a row since 1970-01-01T00:00:00.000Z; the last one was ended by SIGKILL at 1970-01-01T00:00:09.000Z',
        remedy:
          'Its log says why: /run/holdfast/groups/default/shimd.log. The keeper goes on trying; `shimctl recover` tries at once.',
      },
    ]);
  });

  it('warns of one that serves after deaths in a row', async () => {
    const [finding] = await examine(checkShims, (system) => {
      serving(answer('9.8.7', 6))(system);
      system.crashing['default'] = { ...CRASHES, serving: true };
    });
    expect(finding).toMatchObject({ verdict: 'warn', found: expect.stringContaining('6 times in a row') as string });
  });

  it('counts no upgrade as a death', async () => {
    const { version, containers } = answer('9.8.7', 4);
    const upgraded = { containers, version: { ...version, replacements: 3 } };
    const [finding] = await examine(checkShims, serving(upgraded));
    expect(finding).toMatchObject({ verdict: 'ok', found: expect.stringMatching(/started again 1 time$/) as string });
  });

  it('fails for one that does not answer', async () => {
    const [finding] = await examine(checkShims, serving(new ShimError('SHIM_UNAVAILABLE', 'no answer')));
    expect(finding).toMatchObject({ verdict: 'fail', found: 'does not answer: no answer' });
    expect(finding?.remedy).toContain('/run/holdfast/groups/default/shimd.log');
  });

  it('warns of containers whose keeper is gone', async () => {
    const [finding] = await examine(checkShims, (system) => (system.located = [CONTAINER]));
    expect(finding).toMatchObject({ verdict: 'warn', name: 'shim default' });
    expect(finding?.found).toBe('its keeper is gone, and nobody watches 1 container: web');
  });

  it('fails for a container that its shim cannot manage and warns of one with trouble, once each', async () => {
    const error = { code: 'SHIM_STATE_CORRUPT', message: 'bad', remedy: 'mend' } as const;
    const documents = [
      containerDocument({ namespace: 'default', id: 'a' }, { status: 'unknown', error }),
      containerDocument({ namespace: 'default', id: 'b' }, { error }),
      containerDocument({ namespace: 'default', id: 'c' }, { status: 'unknown', error }),
    ];
    const findings = await examine(checkShims, (system) => {
      serving(answer('9.8.7', 0, documents))(system);
      system.located = [{ ...CONTAINER, id: 'c', group: undefined, error: new ShimError('SHIM_STATE_CORRUPT', 'bad') }];
    });
    expect(verdicts(findings)).toEqual(['ok shim default', 'fail container default/a', 'warn container default/b']);
  });
});
