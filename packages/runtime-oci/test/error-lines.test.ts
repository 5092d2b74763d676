import { expect, it } from 'vitest';
import { errorLines } from '../src/error-lines.js';

const line = (level: string, msg: string): string => `${JSON.stringify({ level, msg })}\n`;

it('takes the errors of the log, oldest first, and no warnings', () => {
  const log = line('fatal', 'one') + line('warning', 'two') + line('error', 'three');
  expect(errorLines(log, 'stderr\n')).toEqual(['one', 'three']);
});

it('takes stderr when the log holds no error', () => {
  expect(errorLines(line('info', 'hello'), 'a\n\nb\n')).toEqual(['a', 'b']);
});

it('takes what the log holds when nothing else was said', () => {
  expect(errorLines(line('warning', 'hello'), '')).toEqual(['hello']);
});

it('takes a log of plain text as it is', () => {
  expect(errorLines('create failed\n', 'stderr\n')).toEqual(['create failed']);
});

it('survives JSON that is no log line', () => {
  expect(errorLines('null\n42\n{"msg":5}\n{"level":"error"}\n', '')).toEqual([
    'null',
    '42',
    '{"msg":5}',
    '{"level":"error"}',
  ]);
});

it('finds nothing where nothing was said', () => {
  expect(errorLines('', '\n \n')).toEqual([]);
});
