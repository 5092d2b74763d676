import { expect, test } from 'vitest';
import { parseExposition, valueOf } from '../../../../test/support/exposition.js';
import { Exposition } from '../../src/metrics/exposition.js';
import { mergeExpositions } from '../../src/metrics/merge-expositions.js';

function textOf(group: string, count: number): string {
  const exposition = new Exposition({ group });
  exposition.add('holdfast_containers', count, { state: 'running' });
  exposition.summary('holdfast_log_driver_write_seconds', { count, seconds: 1 }, { driver: '\n# HELP x' });
  return exposition.text();
}

test('each family of several shims stands once', () => {
  const text = mergeExpositions([textOf('a', 1), textOf('b', 2)]);
  expect([...parseExposition(text)].map(([name, { samples }]) => [name, samples.length])).toEqual([
    ['holdfast_containers', 2],
    ['holdfast_log_driver_write_seconds', 4],
  ]);
  expect(valueOf(text, 'holdfast_containers', { group: 'b' })).toBe(2);
});

test('shims of different versions may tell different things', () => {
  const older =
    '# HELP holdfast_containers Old words.\n# TYPE holdfast_containers gauge\nholdfast_containers{group="o"} 5\n';
  const newer = '# HELP holdfast_new_total New.\n# TYPE holdfast_new_total counter\nholdfast_new_total{group="n"} 1\n';
  const families = parseExposition(mergeExpositions([older, textOf('a', 1), newer]));
  expect(families.get('holdfast_containers')).toMatchObject({
    help: 'Old words.',
    samples: [{ value: 5 }, { value: 1 }],
  });
  expect(families.get('holdfast_new_total')?.samples).toHaveLength(1);
});

test('of nothing nothing is made', () => {
  expect(mergeExpositions([])).toBe('');
});
