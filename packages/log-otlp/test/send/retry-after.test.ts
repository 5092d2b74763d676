import { describe, expect, it } from 'vitest';
import { LONGEST_RETRY_AFTER_MS, retryAfter } from '../../src/send/answer.js';

const NOW = Date.parse('2025-01-02T03:04:05Z');

describe('Retry-After', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['soon', undefined],
    ['0', 0],
    [' 3 ', 3_000],
    ['3600', LONGEST_RETRY_AFTER_MS],
    ['Thu, 02 Jan 2025 03:04:15 GMT', 10_000],
    ['Thu, 02 Jan 2025 03:04:00 GMT', 0],
    ['Fri, 02 Jan 2026 03:04:00 GMT', LONGEST_RETRY_AFTER_MS],
  ])('%s means %s ms', (text, ms) => {
    expect(retryAfter(text, NOW)).toBe(ms);
  });
});
