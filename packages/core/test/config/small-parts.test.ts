import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coerceOptions } from '../../src/config/coerce-options.js';
import { formatPath, pathOfPointer } from '../../src/config/config-path.js';
import { didYouMean, editDistance, nearest } from '../../src/config/did-you-mean.js';
import { parseDuration } from '../../src/config/duration.js';
import { patternWords } from '../../src/config/pattern-words.js';
import { splitLogFlag } from '../../src/config/split-log-flag.js';
import { FILE_SCHEMA } from '../plugins/plugin-files.js';

describe('parseDuration', () => {
  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['30s', 30_000],
    ['2m', 120_000],
    ['35791m', 2_147_460_000],
  ])('reads %s as %i ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(['', '5', '5h', '-1s', '1.5s', ' 1s', '1s ', '1S', '35792m', '99999999999999999999s'])(
    'refuses "%s"',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe('didYouMean', () => {
  it.each([
    ['maxSiez', 'maxSize'],
    ['maxsize', 'maxSize'],
    ['rucn', 'runc'],
    ['drivr', 'driver'],
  ])('takes "%s" for "%s"', (word, meant) => {
    expect(nearest(word, ['runtime', 'runc', 'maxSize', 'maxFiles', 'driver'])).toBe(meant);
  });

  it('suggests nothing that is far off', () => {
    expect(didYouMean('journald', ['file', 'syslog'])).toBe('');
    expect(didYouMean('x', ['a', ''])).toBe('');
    expect(didYouMean('x'.repeat(1000), ['x'])).toBe('');
  });

  it('measures the distance of two words like any metric of single edits', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
    expect([editDistance('abcd', 'abdc'), editDistance('abc', 'xabc'), editDistance('kitten', 'sitting')]).toEqual([
      1, 1, 3,
    ]);
  });
});

describe('paths', () => {
  it('are written as a person would', () => {
    expect(formatPath(['logs', 0, 'options', 'max-size'])).toBe('logs[0].options.max-size');
    expect(formatPath(['runtimes', 'my.runtime', 'plugin'])).toBe('runtimes["my.runtime"].plugin');
  });

  it('are read from JSON pointers, a number is an index only in an array', () => {
    const document = { a: [{ '0': { 'b/c~d': 1 } }] };
    expect(pathOfPointer(document, '/a/0/0/b~1c~0d')).toEqual(['a', 0, '0', 'b/c~d']);
  });
});

describe('splitLogFlag', () => {
  it('splits at commas that are not escaped', () => {
    const raw = String.raw`file,path=/a\,b,note=c:\\d=e,\x=1,compress,=`;
    const { driver, options } = splitLogFlag(raw);
    expect(driver).toBe('file');
    expect(options).toEqual([
      ['path', '/a,b'],
      ['note', 'c:\\d=e'],
      ['\\x', '1'],
      ['compress', undefined],
      ['', ''],
    ]);
  });

  it('gets back every text that was escaped', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (driver, value) => {
        const escape = (text: string) => text.replaceAll(/[\\,]/g, String.raw`\$&`);
        const flag = splitLogFlag(`${escape(driver)},k=${escape(value)}`);
        expect([flag.driver, flag.options]).toEqual([driver, [['k', value]]]);
      }),
    );
  });
});

describe('patternWords', () => {
  it('gives an example: the first that the schema has, or the default', () => {
    const schema = { description: 'All files.', examples: ['50m', '1g'], default: '10m' };
    expect(patternWords(schema, '^x$')).toBe('does not have the right form, such as "50m": All files.');
    expect(patternWords({ ...schema, examples: [] }, '^x$')).toContain('such as "10m": All files.');
    expect(patternWords({ default: '10m' }, '^x$')).toBe('is not of the form ^x$, such as "10m"');
    expect(patternWords({ default: 1 }, '^x$')).toBe('is not of the form ^x$');
  });
});

describe('coerceOptions', () => {
  const coerce = (raw: string) => coerceOptions(splitLogFlag(raw), FILE_SCHEMA);

  it('reads each value as the type that the schema gives it', () => {
    const { options, problems } = coerce('file,path=007,maxFiles=3,compress,format=cri,labels=a,labels=1,else=1');
    expect(problems).toEqual([]);
    expect(options).toEqual({ path: '007', maxFiles: 3, compress: true, format: 'cri', labels: ['a', '1'], else: '1' });
    expect(coerce('file,compress=false').options).toEqual({ compress: false });
  });

  it('leaves what does not fit for the schema to refuse', () => {
    expect(coerce('file,maxFiles=many,compress=yes').options).toEqual({ maxFiles: 'many', compress: 'yes' });
    expect(coerce('file,maxFiles=,').options).toEqual({ maxFiles: '' });
  });

  it.each([
    ['file,path=a,path=b', 'path: given twice'],
    ['file,path', 'path: needs a value, path=…'],
    ['file,tags=x', 'tags: an object can only be given in a config file'],
    ['file,=x', '"": not a key'],
    ['file,__proto__=x', '"__proto__": not a key'],
  ])('refuses %s', (raw, problem) => {
    expect(coerce(raw).problems).toEqual([problem]);
  });
});
