import { expect, test } from 'vitest';
import { rootTag } from '../../src/placement/placement-name.js';
import { scopeCommand } from '../../src/placement/systemd-scope.js';

const unitOf = (group: string): string =>
  scopeCommand('/run/holdfast', group, 'cafe')
    .find((word) => word.startsWith('--unit='))
    ?.slice('--unit='.length) ?? '';

test('a scope has a slice and a name of its own, and the command follows a double dash', () => {
  expect(scopeCommand('/run/holdfast', 'default', 'cafe')).toEqual([
    'systemd-run',
    '--scope',
    '--quiet',
    '--collect',
    `--unit=holdfast-default-${rootTag('/run/holdfast')}-cafe.scope`,
    '--slice=holdfast.slice',
    '--description=holdfast keeper of group default',
    '--',
  ]);
});

test('two starts of one group are two units', () => {
  expect(scopeCommand('/run/holdfast', 'g')).not.toEqual(scopeCommand('/run/holdfast', 'g'));
});

test('a unit name has only the characters that units may have, and is short enough', () => {
  expect(unitOf('a+b')).toContain('holdfast-a\\x2bb-');
  for (const group of ['x'.repeat(128), '_' + '+'.repeat(127)]) {
    expect(unitOf(group).length).toBeLessThanOrEqual(255);
    expect(unitOf(group)).toMatch(/^[A-Za-z0-9:_.\\-]+$/);
  }
});
