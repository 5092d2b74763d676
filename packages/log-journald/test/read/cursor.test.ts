import { expect, it } from 'vitest';
import { isAtOrAfter } from '../../src/read/cursor.js';

const cursor = (source: string, sequence: string, time: string): string =>
  `s=${source};i=${sequence};b=5c38;m=4c95;t=${time};x=4b15`;

it.each([
  ['the same entry', cursor('a', '1f', '10'), cursor('a', '1f', '10'), true],
  ['a later one, though the clock was set back', cursor('a', '20', '5'), cursor('a', '1f', '10'), true],
  ['an earlier one', cursor('a', '9', '10'), cursor('a', '10', '10'), false],
  ['a later one of another source', cursor('b', '1', '11'), cursor('a', '20', '10'), true],
  ['an earlier one of another source', cursor('b', '99', 'f'), cursor('a', '20', '10'), false],
])('tells the order: %s', (_what, a, b, expected) => {
  expect(isAtOrAfter(a, b)).toBe(expected);
});
