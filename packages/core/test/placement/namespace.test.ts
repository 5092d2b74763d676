import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { mountNamespaceOf } from '../../src/placement/namespace.js';

test('a child shares our mount namespace, one under unshare does not, and a process that has gone is unknown', async () => {
  const script = 'echo ready; exec sleep 60';
  const same = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const other = spawn('unshare', ['-m', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await Promise.all([same, other].map((child) => once(child.stdout, 'data')));
  expect([same, other].map(({ pid }) => mountNamespaceOf(pid as number))).toEqual(['same', 'other']);
  const ends = [same, other].map((child) => once(child, 'exit'));
  for (const child of [same, other]) child.kill('SIGKILL');
  await Promise.all(ends);
  expect(mountNamespaceOf(same.pid as number)).toBe('unknown');
});
