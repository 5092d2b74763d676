import { describe, expect, it } from 'vitest';
import { nameInRemedy } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { checkStaleState } from '../../../../src/cli/doctor/checks/stale-state.js';
import { containerDocument } from '../../support/documents.js';
import { examine } from '../../support/doctor-subject.js';
import { DIRECTORY } from '../../support/fake-system.js';

const HEALTHY = { namespace: 'default', id: 'web', group: 'default', instance: 'i', error: undefined };

describe('the check for stale state', () => {
  it('counts containers that can be read', async () => {
    expect(await examine(checkStaleState)).toMatchObject([{ verdict: 'ok', found: 'none' }]);
    const findings = await examine(checkStaleState, (system) => (system.located = [HEALTHY]));
    expect(findings).toMatchObject([{ verdict: 'ok', found: '1 container, all of them readable' }]);
  });

  it('fails for a container whose state is broken, with the command that removes it', async () => {
    const ref = { namespace: 'pods', id: 'db' };
    const error = nameInRemedy(new ShimError('SHIM_STATE_CORRUPT', 'not JSON'), ref);
    const broken = { ...ref, group: undefined, instance: '', error };
    const findings = await examine(checkStaleState, (system) => (system.located = [HEALTHY, broken]));
    expect(findings).toEqual([
      {
        verdict: 'fail',
        name: 'container pods/db',
        found: 'not JSON',
        remedy: 'Remove what is left with `shimctl --namespace pods delete --force db`.',
      },
    ]);
  });

  it('does not call readable what a shim that runs could not take up', async () => {
    const error = { code: 'SHIM_STATE_CORRUPT', message: 'bad', remedy: 'mend' } as const;
    const findings = await examine(checkStaleState, (system) => {
      system.located = [HEALTHY, { ...HEALTHY, id: 'db' }];
      system.shims['default'] = {
        version: { version: '9.8.7', api: 1, shim: { pid: 11, keeperPid: 10, group: 'default' } },
        containers: [
          containerDocument(HEALTHY),
          containerDocument({ ...HEALTHY, id: 'db' }, { status: 'unknown', error }),
        ],
      };
    });
    expect(findings).toMatchObject([
      { verdict: 'warn', name: 'containers', found: "1 of 2 containers can't be taken up by the shim: default/db" },
    ]);
  });

  it('warns of what a dead process left half made, and not of what a live one is making', async () => {
    const findings = await examine(checkStaleState, (system) => {
      system.directories['/run/holdfast/ns'] = ['default'];
      system.directories['/run/holdfast/ns/default'] = ['.new-12-a', '.gone-13-b', 'web'];
      system.statuses['/proc/13'] = DIRECTORY;
    });
    expect(findings).toMatchObject([{ verdict: 'warn', name: 'leftovers' }]);
    expect(findings[0]?.found).toMatch(/^1 container .*\/\.new-12-a$/);
  });
});
