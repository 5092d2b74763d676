import { describe, expect, it } from 'vitest';
import { skipProblems, skipReason } from '../src/suite/skip.js';

const SKIPS = [
  { reason: 'it keeps no times', tests: [/\btime\b/, 'reads the last lines'] },
  { reason: 'second', tests: ['keeps the time'] },
];

describe('skips', () => {
  it('are found by title or pattern, the first one first', () => {
    expect(skipReason('keeps the time', SKIPS)).toBe('it keeps no times');
    expect(skipReason('reads the last lines', SKIPS)).toBe('it keeps no times');
    expect(skipReason('reads the last lines of one stream', SKIPS)).toBeUndefined();
  });

  it('without a reason, or of a test that is not there, are problems', () => {
    expect(skipProblems(['keeps the time', 'reads the last lines'], SKIPS)).toEqual([]);
    expect(skipProblems(['keeps the time'], [...SKIPS, { reason: ' ', tests: [/^keeps/] }])).toEqual([
      'no reason: /^keeps/',
      'no such test: reads the last lines',
    ]);
  });
});
