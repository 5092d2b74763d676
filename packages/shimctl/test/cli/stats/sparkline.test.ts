import { expect, test } from 'vitest';
import { History } from '../../../src/cli/stats/history.js';
import { rate } from '../../../src/cli/stats/rates.js';
import { sparkline } from '../../../src/cli/stats/sparkline.js';
import { statsDocument } from '../support/documents.js';

test('values are bars, the newest at the right', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8], 9)).toBe('▁▁▂▃▄▅▆▇█');
  expect(sparkline([1, 2, 4], 2)).toBe('▄█');
  expect(sparkline([null, 4, null], 5)).toBe('   █ ');
});

test('a full bar is the most there was, or what is told', () => {
  expect(sparkline([50], 1)).toBe('█');
  expect(sparkline([50], 1, 100)).toBe('▄');
  expect(sparkline([50, 400], 2, 100)).toBe('▁█');
  expect(sparkline([0, 0], 2)).toBe('▁▁');
  expect(sparkline([], 3)).toBe('   ');
});

test('a history is bounded, and forgets who has gone', () => {
  const history = new History();
  const of = (instance: string): ReturnType<typeof rate> =>
    rate(statsDocument({ namespace: 'n', id: 'c', instance }), undefined);
  for (let i = 0; i < 500; i++) history.add([of('a'), of('b')]);
  expect(history.of('a').cpu).toHaveLength(200);
  history.add([of('b')]);
  history.add([of('a')]);
  expect(history.of('a')).toEqual({ cpu: [null], log: [null] });
});
