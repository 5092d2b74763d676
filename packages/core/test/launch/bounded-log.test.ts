import { expect, it } from 'vitest';
import { BoundedLog } from '../../src/launch/bounded-log.js';

it('logs ten lines a minute, and says how many there were more', () => {
  let now = 0;
  const lines: [object, string][] = [];
  const log = new BoundedLog({ warn: (fields, message) => lines.push([fields, message]) }, () => now);
  for (let i = 0; i < 25; i++) log.warn({ i }, 'refused');
  expect(lines).toHaveLength(10);
  now = 60_000;
  log.warn({ i: 25 }, 'refused');
  expect(lines.slice(10)).toEqual([
    [{ left: 15 }, 'as many like these were not logged'],
    [{ i: 25 }, 'refused'],
  ]);
});
