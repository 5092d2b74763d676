import { expect, it } from 'vitest';
import { preservedCount } from '../../src/monitor/preserved.js';

it.each([
  [[], 0],
  [['--preserve-fds', '3'], 3],
  [['--no-pivot', '--preserve-fds=13'], 13],
  [['--preserve-fds', '1', '--preserve-fds', '2'], 2],
  [['--preserve-fds-not', '4'], 0],
])('passes on what the runtime is told to: %j', (options, count) => {
  expect(preservedCount(options)).toBe(count);
});

it.each([[['--preserve-fds']], [['--preserve-fds', '14']], [['--preserve-fds=-1']], [['--preserve-fds', 'all']]])(
  'refuses what can not be: %j',
  (options) => {
    expect(() => preservedCount(options)).toThrow(expect.objectContaining({ code: 'SHIM_USAGE' }));
  },
);
