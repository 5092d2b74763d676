import { describe, expect, it } from 'vitest';
import { readFlags } from '../../src/command-line/read-flags.js';

describe('flags of conmon', () => {
  it('are read as GLib does, long and short, with their values beside or behind them', () => {
    const given = readFlags([
      '--cid',
      'a',
      '--cuuid=b=c',
      '-n',
      'name',
      '-b/bundle',
      '-it',
      '-isl',
      'log',
      '--log-path=',
    ]);
    expect(Object.fromEntries(given)).toEqual({
      ...{ cid: ['a'], cuuid: ['b=c'], name: ['name'], bundle: ['/bundle'], stdin: ['', ''], terminal: [''] },
      ...{ 'systemd-cgroup': [''], 'log-path': ['log', ''] },
    });
  });

  it('keep the order of those that repeat, and what looks like a flag or is empty', () => {
    const args = [
      '--exit-command-arg',
      '--root',
      '--exit-command-arg',
      '',
      '--exit-command-arg=--',
      '--exit-command-arg',
      '-l',
    ];
    expect(readFlags(args).get('exit-command-arg')).toEqual(['--root', '', '--', '-l']);
  });

  it('are not what else there is, and nothing behind --', () => {
    expect([...readFlags(['--api-version', '1', 'stray', '-', '', '--', '--no-such-flag'])]).toEqual([
      ['api-version', ['']],
    ]);
  });

  it.each([
    [['--nothing'], 'option parsing failed: Unknown option --nothing'],
    [['-x'], 'option parsing failed: Unknown option -x'],
    [['-ix'], 'option parsing failed: Unknown option -x'],
    [['--sync=yes'], 'option parsing failed: --sync takes no value'],
    [['--cid'], 'option parsing failed: Missing argument for --cid'],
    [['-ic'], 'option parsing failed: Missing argument for -c'],
    [['--constructor'], 'option parsing failed: Unknown option --constructor'],
  ])('with a mistake are refused: %s', (args, message) => {
    expect(() => readFlags(args)).toThrow(expect.objectContaining({ code: 'SHIM_USAGE', message }));
  });
});
