import { expect, test } from 'vitest';
import type { ContainerStatus } from '../../src/api/documents.js';
import { checkLegal, statusOf, type Operation } from '../../src/lifecycle/state-machine.js';
import type { RuntimeRecord } from '../../src/state/container-record.js';

const STATUSES: readonly ContainerStatus[] = ['creating', 'created', 'running', 'paused', 'stopped', 'unknown'];

/** Each operation with a mark for every status above. */
const TABLE: readonly (readonly [Operation, string])[] = [
  ['start', '-x----'],
  ['kill', '-xxx--'],
  ['stop', '-xxxx-'],
  ['exec', '--x---'],
  ['pause', '--x---'],
  ['resume', '---x--'],
  ['update', '-xxx--'],
  ['ps', '-xxx--'],
  ['stats', '-xxx--'],
  ['reopen-logs', '-xxx--'],
  ['delete', '-x--x-'],
  ['force-delete', 'xxxxxx'],
];

test.each(TABLE)('%s is legal in %s of creating, created, running, paused, stopped, unknown', (operation, marks) => {
  for (const [i, status] of STATUSES.entries()) {
    const legal = marks[i] === 'x';
    if (legal) expect(() => checkLegal(operation, status, 'c1')).not.toThrow();
    else
      expect(() => checkLegal(operation, status, 'c1')).toThrow(
        expect.objectContaining({ code: 'SHIM_ILLEGAL_STATE', where: 'c1' }) as Error,
      );
  }
});

test('who wants to exec in what is paused is told of resume', () => {
  expect(() => checkLegal('exec', 'paused', 'c1')).toThrow(
    expect.objectContaining({ remedy: expect.stringContaining('resume') as string }) as Error,
  );
});

test('who wants to delete what runs is told of --force', () => {
  expect(() => checkLegal('delete', 'running', 'c1')).toThrow(
    expect.objectContaining({ remedy: expect.stringContaining('--force') as string }) as Error,
  );
});

test.each([
  ['creating', null, 'creating'],
  ['created', null, 'created'],
  ['starting', null, 'created'],
  ['running', 't', 'running'],
  ['pausing', 't', 'running'],
  ['paused', 't', 'paused'],
  ['resuming', 't', 'paused'],
  ['deleting', null, 'created'],
  ['deleting', 't', 'running'],
] as const)('phase %s (started: %s) is status %s, and stopped once there is an exit', (phase, startedAt, status) => {
  const record: Pick<RuntimeRecord, 'phase' | 'startedAt'> = { phase, startedAt };
  expect(statusOf(record, undefined)).toBe(status);
  expect(statusOf(record, { schema: 1, exitCode: 0, signal: null, exitedAt: 't', drained: false })).toBe('stopped');
});
