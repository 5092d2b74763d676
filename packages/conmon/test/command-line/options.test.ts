import { describe, expect, it } from 'vitest';
import { helpText } from '../../src/command-line/help-text.js';
import { FLAGS } from '../../src/command-line/flags.js';
import { readOptions } from '../../src/command-line/options.js';
import { versionText } from '../../src/command-line/version-text.js';

const NAMED = ['-c', 'id', '-u', 'uuid', '-r', 'runc'];

describe('options of conmon', () => {
  it('have absolute paths, and defaults', () => {
    expect(readOptions(NAMED, '/cwd')).toMatchObject({
      ...{ api: 0, id: 'id', uuid: 'uuid', name: '', bundle: '/cwd', runtime: '/cwd/runc', exec: undefined },
      ...{ containerPidFile: '/cwd/pidfile-id', socketDir: '/var/run/crio', fullAttach: false, timeoutSeconds: 0 },
      ...{ conmonPidFile: undefined, exitCommand: undefined, exitDir: undefined, persistDir: undefined, sync: false },
    });
    const paths = ['-b', 'b', '-p', 'p', '-P', 'P', '--exit-dir', 'e', '-0', '/o', '--socket-dir-path', 's'];
    expect(readOptions([...NAMED, ...paths], '/cwd')).toMatchObject({
      ...{ bundle: '/cwd/b', containerPidFile: '/cwd/p', conmonPidFile: '/cwd/P', exitDir: '/cwd/e' },
      ...{ persistDir: '/o', socketDir: '/cwd/s' },
    });
  });

  it('are those of podman', () => {
    const args = ['--api-version', '1', ...NAMED, '--full-attach', '--runtime-arg', '--root', '--runtime-arg', 'x'];
    const more = [
      '--exit-command',
      '/usr/bin/podman',
      '--exit-command-arg',
      '--network-config-dir',
      '--exit-command-arg',
      '',
    ];
    expect(readOptions([...args, ...more, '--timeout=60', '--pidfile', 'old', '-t'], '/')).toMatchObject({
      ...{ api: 1, runtimeArgs: ['--root', 'x'], timeoutSeconds: 60, containerPidFile: '/old', terminal: true },
      exitCommand: ['/usr/bin/podman', '--network-config-dir', ''],
    });
  });

  it('of an exec: the first protocol needs no uuid, and has no bundle of its own', () => {
    const args = ['-e', '-c', 'id', '-r', '/r', '--exec-process-spec', 'spec'];
    expect(readOptions(args, '/cwd')).toMatchObject({
      ...{ uuid: 'id', bundle: undefined, exec: { attach: false, processSpec: '/cwd/spec' } },
    });
    expect(readOptions(['--api-version', ...args, '-u', 'u', '--exec-attach', '-b', '/b'], '/cwd')).toMatchObject({
      ...{ uuid: 'u', bundle: '/b', exec: { attach: true, processSpec: '/cwd/spec' } },
    });
  });

  it.each([['1e3'], [''], ['0x10'], ['1.5'], ['ten']])('have whole numbers: not %j', (text) => {
    expect(() => readOptions([...NAMED, '-T', text], '/')).toThrow('Cannot parse integer value');
  });

  it('are explained, all of them', () => {
    const help = helpText();
    expect(FLAGS.filter(({ name }) => !help.includes(`--${name}`))).toEqual([]);
    expect(versionText('9.8.7')).toBe('conmon version 2.2.1 (holdfast 9.8.7)\n');
  });
});
