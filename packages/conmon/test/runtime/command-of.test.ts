import { expect, it } from 'vitest';
import { readOptions } from '../../src/command-line/options.js';
import { commandOf } from '../../src/runtime/command-of.js';

const NAMED = ['-c', 'id', '-u', 'u', '-r', '/runc', '-b', '/b'];

function command(...args: string[]) {
  const {
    args: before,
    command: name,
    options,
    target,
    terminal,
    cwd,
  } = commandOf({ options: readOptions([...NAMED, ...args], '/'), environment: {}, cwd: '/', passthrough: false });
  return { line: [...before, name, ...options, target].join(' '), terminal, cwd };
}

it.each([
  [[], 'create --bundle /b id'],
  [
    ['--runtime-arg=--root=/x', '-s', '--no-pivot', '--no-new-keyring', '--runtime-opt=--opt'],
    '--root=/x --systemd-cgroup create --bundle /b --no-pivot --no-new-keyring --opt id',
  ],
  [
    ['--restore', '/i', '--restore-arg=--tcp-established'],
    'restore --bundle /b --detach --image-path /i --work-path /b --tcp-established id',
  ],
  [['-e', '--exec-process-spec', '/s', '-t'], 'exec --process /s --detach --tty id'],
])('makes up the command line of the runtime as conmon does: %j', (args, line) => {
  expect(command(...args)).toEqual({ line, terminal: args.includes('-t'), cwd: '/b' });
});
