import { expect, test } from 'vitest';
import { keptArguments, parseShimdOptions, shimdArguments } from '../../src/shimd/options.js';

const OPTIONS = { root: '/r', group: 'g', logLevel: 'warn', idleTimeoutMs: 700 };

test('the command line is read as it was written, front ends in their order', () => {
  const options = { ...OPTIONS, frontEnds: ['/a.mjs', '/b c.mjs'] };
  expect(parseShimdOptions(shimdArguments(options))).toEqual(options);
  expect(parseShimdOptions(shimdArguments(OPTIONS))).toEqual({ ...OPTIONS, frontEnds: [] });
});

test('a front end must be named by an absolute path', () => {
  const args = [...shimdArguments(OPTIONS), '--front-end', 'a.mjs'];
  expect(() => parseShimdOptions(args)).toThrow(expect.objectContaining({ code: 'SHIM_USAGE' }));
});

test('what the next shimd keeps wins over what another command line says', () => {
  expect(keptArguments(OPTIONS)).toEqual([]);
  const kept = keptArguments({ ...OPTIONS, frontEnds: ['/a.mjs'] });
  const next = parseShimdOptions([...shimdArguments({ ...OPTIONS, idleTimeoutMs: 9 }), ...kept]);
  expect(next).toEqual({ ...OPTIONS, frontEnds: ['/a.mjs'] });
});
