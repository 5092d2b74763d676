import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { describe, expect, test } from 'vitest';
import { exitDocument, fromWaitStatus, signalName } from '../../src/reaper/exit-status.js';

const AT = 1_700_000_000_123_456_789n;

describe('a wait status', () => {
  test('holds each of the 256 exit codes', () => {
    for (let code = 0; code < 256; code++) {
      expect(fromWaitStatus(code << 8)).toEqual({ kind: 'exited', code });
    }
  });

  test('holds each of the 64 signals, with and without a core dump', () => {
    for (let signal = 1; signal <= 64; signal++) {
      expect(fromWaitStatus(signal)).toEqual({ kind: 'signaled', signal });
      expect(fromWaitStatus(signal | 0x80)).toEqual({ kind: 'signaled', signal });
    }
  });
});

describe('the document of an exit', () => {
  test('gives the code as it is', () => {
    for (let code = 0; code < 256; code++) {
      const document = exitDocument({ kind: 'exited', code }, AT);
      expect(document).toEqual({ exitCode: code, signal: null, exitedAt: '2023-11-14T22:13:20.123Z' });
    }
  });

  test('gives 128 + n and a name of its own for each signal n', () => {
    const documents = Array.from({ length: 64 }, (_, i) => exitDocument({ kind: 'signaled', signal: i + 1 }, AT));
    expect(documents.map(({ exitCode }) => exitCode)).toEqual(documents.map((_, i) => 129 + i));
    expect(new Set(documents.map(({ signal }) => signal)).size).toBe(64);
  });

  test('invents no code for an unknown end', () => {
    expect(exitDocument({ kind: 'unknown' }, AT, true)).toMatchObject({ exitCode: null, signal: null, timedOut: true });
  });
});

test('signals have the names that the kernel and kill(1) use', () => {
  expect([6, 9, 15, 17, 29, 31].map(signalName)).toEqual([
    'SIGABRT',
    'SIGKILL',
    'SIGTERM',
    'SIGCHLD',
    'SIGIO',
    'SIGSYS',
  ]);
  expect([34, 37, 64].map(signalName)).toEqual(['SIGRTMIN+0', 'SIGRTMIN+3', 'SIGRTMIN+30']);
  for (let signal = 1; signal <= 31; signal++) {
    const shell = spawnSync('bash', ['-c', `kill -l ${signal}`], { encoding: 'utf8' }).stdout.trim();
    const name = signalName(signal);
    if (name in constants.signals) expect(constants.signals[name as NodeJS.Signals], shell).toBe(signal);
  }
});
