import { describe, expect, it } from 'vitest';
import { CriHeaderParser } from '../../src/read/cri-header.js';

const parse = (line: string): unknown => new CriHeaderParser().parse(Buffer.from(line));

describe('CriHeaderParser', () => {
  it('reads what this driver writes', () => {
    expect(parse('2025-01-02T03:04:05.000000006Z stderr P text')).toEqual({
      stream: 'stderr',
      time: 1_735_787_045_000_000_006n,
      partial: true,
      gap: false,
      textAt: 40,
    });
  });

  it.each([
    ['F:gap', true],
    ['F:x:gap:y', true],
    ['F', false],
    ['F:gape', false],
    ['P:gap', false],
    ['F:x', false],
  ])('knows by the tag %s whether the line says that records are missing: %s', (tag, gap) => {
    expect(parse(`2025-01-02T03:04:05Z stdout ${tag} F:gap`)).toMatchObject({ gap });
  });

  it.each([
    ['2025-01-02T03:04:05Z stdout F x', 1_735_787_045_000_000_000n],
    ['2025-01-02T03:04:05.12Z stdout F x', 1_735_787_045_120_000_000n],
    ['2025-01-02T05:04:05.000000006+02:00 stdout F x', 1_735_787_045_000_000_006n],
    ['2025-01-02T03:04:05Z stdout F:tag:other x', 1_735_787_045_000_000_000n],
    ['2025-01-02T03:04:05Z stdout F ', 1_735_787_045_000_000_000n],
  ])('reads %j of another writer', (line, time) => {
    expect(parse(line)).toMatchObject({ time, stream: 'stdout', partial: false });
  });

  it.each([
    '',
    'plain text',
    '2025-01-02T03:04:05Z stdout F',
    '2025-01-02T03:04:05Z stdin F x',
    '2025-01-02T03:04:05Z stdout X x',
    '2025-13-02T03:04:05Z stdout F x',
    '2025-01-02 03:04:05 stdout F x',
    ' stdout F x',
    `${'2'.repeat(200)} stdout F x`,
  ])('knows that %j is no record', (line) => {
    expect(parse(line)).toBeUndefined();
  });

  it('reads one line after the other', () => {
    const parser = new CriHeaderParser();
    const times = ['05.5Z', '05.6Z', '06.1Z'].map(
      (end) => parser.parse(Buffer.from(`2025-01-02T03:04:${end} stdout F x`))?.time,
    );
    expect(times).toEqual([1_735_787_045_500_000_000n, 1_735_787_045_600_000_000n, 1_735_787_046_100_000_000n]);
  });
});
