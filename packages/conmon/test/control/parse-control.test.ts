import { describe, expect, it } from 'vitest';
import { parseControl, parseWindow } from '../../src/control/parse-control.js';

describe('a line', () => {
  it.each([
    ['1 24 80', { what: 'resize', rows: 24, columns: 80 }],
    [' 1  1000\t1000 and more', { what: 'resize', rows: 1000, columns: 1000 }],
    ['1 0 0', { what: 'resize', rows: 0, columns: 0 }],
    ['2 0 0', { what: 'reopen' }],
    ['2 7 7 7', { what: 'reopen' }],
    ['2 0', undefined],
    ['1 1001 80', undefined],
    ['1 24 99999999999999999999', undefined],
    ['1 -1 80', undefined],
    ['3 1 1', undefined],
    ['', undefined],
    ['x 1 24 80', undefined],
  ])('of ctl: %j', (line, control) => {
    expect(parseControl(line)).toEqual(control);
  });

  it.each([
    ['24 80', { what: 'resize', rows: 24, columns: 80 }],
    ['24 80 1', { what: 'resize', rows: 24, columns: 80 }],
    ['24', undefined],
    ['1001 80', undefined],
    ['a b', undefined],
  ])('of winsz: %j', (line, control) => {
    expect(parseWindow(line)).toEqual(control);
  });
});
