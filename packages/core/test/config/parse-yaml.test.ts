import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/config/parse-yaml.js';

const KEY = fc.string({ minLength: 1, maxLength: 8 }).filter((key) => key !== '__proto__' && key !== '<<');
const { value: VALUE } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(KEY, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

describe('parseYaml', () => {
  it('gives the value', () => {
    const text = `
# a comment
runtime: crun
logs:
  - driver: file
    options: { maxSize: 10m, compress: true, maxFiles: 3 }
  - { driver: other }
limits:
  stopTimeout: "1m"
root: >-
  /a
`;
    expect(parseYaml(text, 'f').value).toEqual({
      runtime: 'crun',
      logs: [{ driver: 'file', options: { maxSize: '10m', compress: true, maxFiles: 3 } }, { driver: 'other' }],
      limits: { stopTimeout: '1m' },
      root: '/a',
    });
  });

  it('reads every JSON document as what it is', () => {
    fc.assert(
      fc.property(fc.dictionary(KEY, VALUE, { noNullPrototype: true }), fc.constantFrom(0, 2), (document, indent) => {
        expect(parseYaml(JSON.stringify(document, null, indent), 'f').value).toEqual(document);
      }),
      { numRuns: 300 },
    );
  });

  it('knows the words of YAML 1.2 and not those of 1.1', () => {
    const text = 'a: yes\nb: off\nc: 010\nd: 1_000\ne: 2024-01-01\nf: ~\ng: 0o17\n';
    expect(parseYaml(text, 'f').value).toEqual({
      a: 'yes',
      b: 'off',
      c: 10,
      d: '1_000',
      e: '2024-01-01',
      f: null,
      g: 15,
    });
  });

  it('takes a file of comments for an empty object, and keys for texts', () => {
    expect(parseYaml('# nothing yet\n', 'f').value).toEqual({});
    expect(parseYaml('', 'f').value).toEqual({});
    expect(parseYaml('1: a\ntrue: b\n', 'f').value).toEqual({ '1': 'a', true: 'b' });
  });

  it('copies what an alias stands for, the last anchor of the name before it', () => {
    const text = 'a: &x { p: 1 }\nb: *x\nc: &x 2\nd: *x\ne: [*x, *x]\n';
    expect(parseYaml(text, 'f').value).toEqual({ a: { p: 1 }, b: { p: 1 }, c: 2, d: 2, e: [2, 2] });
  });

  it('gives the place of keys and values, through aliases too', () => {
    const { position } = parseYaml('logs:\n  - driver: file\n    options: &o\n      a: 1\n  - options: *o\n', 'f');
    expect(position(['logs'], 'key')).toEqual({ line: 1, column: 1 });
    expect(position(['logs', 0, 'driver'], 'value')).toEqual({ line: 2, column: 13 });
    expect(position(['logs', 0, 'options', 'a'], 'key')).toEqual({ line: 4, column: 7 });
    expect(position(['logs', 1, 'options'], 'value')).toEqual({ line: 5, column: 14 });
    expect(position(['logs', 1, 'options', 'a'], 'value')).toEqual({ line: 4, column: 10 });
    expect(position(['logs', 1, 'none'], 'key')).toEqual({ line: 5, column: 5 });
  });

  it.each([
    ['a: 1\na: 2\n', 'f:2:1: the object has this key already, near "a: 2"'],
    ['a: 1\n---\nb: 2\n', 'f:2:1: a config is one YAML document, near "---"'],
    ['a: !secret x\n', 'f:1:4: tags are not allowed, near "!secret x"'],
    ['a: !!binary AAAA\n', 'f:1:4: tags are not allowed, near "!!binary AAAA"'],
    ['%YAML 1.1\n---\na: yes\n', 'f:1:1: directives are not allowed, near "%YAML 1.1"'],
    ['a: &x { b: 1 }\nc:\n  <<: *x\n', 'f:3:3: merge keys are not supported, near "<<: *x"'],
    ['__proto__: 1\n', 'f:1:1: this key is not allowed, near "__proto__: 1"'],
    ['? [a]\n: 1\n', 'f:1:3: a key must be a plain text, near "[a]"'],
    ['a: *x\n', 'f:1:4: there is no anchor "&x" before this alias, near "*x"'],
    ['a: &x [*x]\n', 'f:1:8: this alias is part of what it stands for, near "*x]"'],
    ['a: .inf\n', 'f:1:4: not a value that JSON has, near ".inf"'],
    ['a: .nan\n', 'f:1:4: not a value that JSON has, near ".nan"'],
    ['a:\n\tb: 1\n', 'f:2:1: YAML is not indented with tabs, near "\\tb: 1"'],
    ['a: b: c\n', 'f:1:4: nested mappings are not allowed in compact mappings, near "b: c"'],
    ['a: "x\n', 'f:2:1: missing closing ", at the end of the file'],
  ])('says what is wrong with %j', (text, message) => {
    expect(() => parseYaml(text, 'f')).toThrow(
      expect.objectContaining({ code: 'SHIM_CONFIG_SYNTAX', message, where: message.split(': ')[0] }) as Error,
    );
  });

  describe('is done at once, whatever the text', () => {
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 20; i++) bomb.push(`a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}]`);
    const long = `a: &a "${'x'.repeat(10_000)}"\nb: [${'*a, '.repeat(4_000)}]`;

    it.each([
      ['a bomb of aliases', bomb.join('\n'), /f:5:\d+: the aliases make far more of this file than it holds/],
      ['copies of a long text', long, /f:2:\d+: the aliases make far more of this file than it holds/],
      ['brackets', '['.repeat(200_000), /f:1:\d+: nested more than 64 levels deep/],
      ['braces', '{a: '.repeat(50_000), /f:1:\d+: nested more than 64 levels deep/],
      ['items of items', '- '.repeat(100_000), /f:1:\d+: nested more than 64 levels deep/],
      ['keys of keys', '? '.repeat(100_000), /f:1:\d+: nested more than 64 levels deep/],
      [
        'lines further and further in',
        Array.from({ length: 600 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
        /f:6\d:\d+: nested more than 64/,
      ],
      ['a great many keys', Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n'), /at most 20000 words/],
      ['a great many closing brackets', ']'.repeat(200_000), /at most 20000 words and signs/],
      ['a great many documents', '---\n'.repeat(50_000), /at most 20000 words and signs/],
      ['more than fits', `# ${'x'.repeat(300_000)}`, /f:1:262145: a YAML config has at most 262144 characters/],
    ])('%s', (_what, text, message) => {
      const start = performance.now();
      expect(() => parseYaml(text, 'f')).toThrow(
        expect.objectContaining({
          code: 'SHIM_CONFIG_SYNTAX',
          message: expect.stringMatching(message) as string,
        }) as Error,
      );
      // A parser without bounds takes minutes for some of these, or all memory.
      expect(performance.now() - start).toBeLessThan(3_000);
    });
  });

  it('fails with SHIM_CONFIG_SYNTAX or not at all, whatever the text', () => {
    const piece = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
      "'",
      '&x ',
      '*x',
      '!t ',
      '|',
      '>',
      '#',
      '? ',
      '---',
      '%',
      '\t',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        let code: unknown = 'SHIM_CONFIG_SYNTAX';
        try {
          parseYaml(pieces.join(''), 'f');
        } catch (error) {
          code = (error as { code?: unknown }).code;
        }
        expect(code).toBe('SHIM_CONFIG_SYNTAX');
      }),
      { numRuns: 1000 },
    );
  });
});
