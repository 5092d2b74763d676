import { describe, expect, it } from 'vitest';
import { ShimError } from '@holdfast/core/plugin';
import { checkRuntimes } from '../../../../src/cli/doctor/checks/runtimes.js';
import { examine, runtime, SUBJECT, verdicts } from '../../support/doctor-subject.js';
import { FakeSystem } from '../../support/fake-system.js';

describe('the runtime check', () => {
  it('tells version and path of each, and which one is the default', async () => {
    expect((await examine(checkRuntimes)).map(({ found }) => found)).toEqual([
      'runc version 1.1.5, spec: 1.0.2-dev, /usr/sbin/runc, the default',
      'crun version 1.8.1, spec: 1.0.0, +SYSTEMD +CAP +EBPF, /usr/bin/crun',
    ]);
  });

  it('fails for a binary of the config that is missing, but not for one that nobody asked for', async () => {
    const findings = await examine(checkRuntimes, (system) => delete system.programs['crun'], {
      runtimes: [runtime('mine', { path: '/opt/runc' })],
    });
    expect(verdicts(findings)).toEqual(['fail runtime mine', 'ok runtime runc', 'ok runtime crun']);
    expect(findings[0]).toMatchObject({ found: 'there is no executable /opt/runc' });
    expect(findings[0]?.remedy).toContain('"path" of the runtime mine');
  });

  it("says that the shim's own PATH counts for a name", async () => {
    const [finding] = await examine(checkRuntimes, (system) => delete system.programs['runc']);
    expect(finding?.found).toBe("there is no executable runc in the shim's PATH");
  });

  it('does not run a binary that others can write', async () => {
    const system = new FakeSystem();
    system.statuses['/usr/sbin/runc'] = { type: 'file', mode: 0o777, uid: 0 };
    const [finding] = [await checkRuntimes(system, SUBJECT)].flat();
    expect(finding).toMatchObject({
      verdict: 'fail',
      remedy: 'chown root /usr/sbin/runc && chmod go-w /usr/sbin/runc',
    });
    expect(system.ran).toEqual(['/usr/bin/crun']);
  });

  it.each([
    ['fails', { code: 3, output: 'oops' }, 'exits with 3 and says "oops"'],
    ['hangs', { code: null, output: '' }, 'was killed or could not run and says nothing'],
    ['is something else', { code: 0, output: 'hello world' }, 'exits with 0 and says "hello world"'],
  ])('fails for a binary that %s', async (_title, result, words) => {
    const [finding] = await examine(checkRuntimes, (system) => (system.outputs['/usr/sbin/runc'] = result));
    expect(finding).toMatchObject({ verdict: 'fail', found: `/usr/sbin/runc --version ${words}` });
  });

  it('passes on what is wrong with a plugin', async () => {
    const error = new ShimError('SHIM_RUNTIME_UNKNOWN', 'no runtime rucn', { remedy: 'Write runc.' });
    const [finding] = await examine(checkRuntimes, undefined, { runtimes: [{ name: 'rucn', chosen: true, error }] });
    expect(finding).toEqual({ verdict: 'fail', name: 'runtime rucn', found: 'no runtime rucn', remedy: 'Write runc.' });
  });
});
