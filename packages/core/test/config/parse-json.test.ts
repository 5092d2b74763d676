import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/config/parse-json.js';

describe('parseJson', () => {
  it('gives the value', () => {
    const value = { a: [1, 'x', null, true, { b: {} }], 'c d': -1.5e3 };
    expect(parseJson(JSON.stringify(value, null, 2), 'f').value).toEqual(value);
  });

  it('accepts what JSON.parse accepts, with the same value, and nothing else, but for keys that it refuses', () => {
    const broken = fc.tuple(
      fc.json({ maxDepth: 3 }),
      fc.nat(),
      fc.constantFrom('', ',', '"', '}', ']', ':', '1', '\\', '\n'),
    );
    fc.assert(
      fc.property(broken, ([json, index, inserted]) => {
        const at = index % (json.length + 1);
        const text = json.slice(0, at) + inserted + json.slice(at + (inserted === '' ? 1 : 0));
        const { value, error = '' } = outcomeOf(() => parseJson(text, 'f').value);
        fc.pre(!/this key/.test(error));
        const theirs = outcomeOf(() => JSON.parse(text) as unknown);
        expect({ value, accepted: error === '' }).toEqual({
          value: theirs.value,
          accepted: theirs.error === undefined,
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the place of keys and values, and of the nearest above for what is not there', () => {
    const { position } = parseJson('{\n  "logs": [\n    { "driver": "file" }\n  ]\n}\n', 'f');
    expect(position(['logs'], 'key')).toEqual({ line: 2, column: 3 });
    expect(position(['logs'], 'value')).toEqual({ line: 2, column: 11 });
    expect(position(['logs', 0, 'driver'], 'value')).toEqual({ line: 3, column: 17 });
    expect(position(['logs', 0, 'options', 'x'], 'key')).toEqual({ line: 3, column: 5 });
    expect(position(['none'], 'value')).toEqual({ line: 1, column: 1 });
  });

  it('counts lines that end in CR LF', () => {
    expect(parseJson('{\r\n"a": 1,\r\n"b": 2}', 'f').position(['b'], 'key')).toEqual({ line: 3, column: 1 });
  });

  it.each([
    ['', 'f:1:1: expected a value, at the end of the file'],
    ['{\n  "a": 1\n  "b": 2\n}', 'f:3:3: expected ",", near "\\"b\\": 2"'],
    ['{\n  "a": 1,\n}', 'f:3:1: expected a key in double quotes, near "}"'],
    ['{ "a": tru }', 'f:1:8: not a JSON value, near "tru }"'],
    ["{ 'a': 1 }", 'f:1:3: not a JSON value, near "\'a\': 1 }"'],
    ['{ "a" 1 }', 'f:1:7: expected ":", near "1 }"'],
    ['{ "a": 1', 'f:1:9: expected "," or "}", at the end of the file'],
    ['{ "a": [1, 2', 'f:1:13: expected "," or "]", at the end of the file'],
    ['{ "a": "x\n}', 'f:1:8: the string has no end, near "\\"x"'],
    ['{ } 1', 'f:1:5: expected nothing more, near "1"'],
    ['{ // why\n}', 'f:1:3: JSON has no comments (a file named *.jsonc has), near "// why"'],
    ['{ "a": 1,\n  "a": 2 }', 'f:2:3: the object has this key already, near "\\"a\\": 2 }"'],
    ['{ "__proto__": {} }', 'f:1:3: this key is not allowed, near "\\"__proto__\\": {} }"'],
  ])('says where %j is wrong', (text, message) => {
    const parse = () => parseJson(text, 'f');
    expect(parse).toThrow(expect.objectContaining({ code: 'SHIM_CONFIG_SYNTAX', message }) as Error);
  });

  it('quotes a long line only in part', () => {
    expect(() => parseJson(`{ ${'x'.repeat(5000)} }`, 'f')).toThrow(/near "x{30}…"$/);
  });

  it('refuses a document that is nested deeper than the stack would bear', () => {
    expect(() => parseJson('['.repeat(500_000), 'f')).toThrow('f:1:65: nested more than 64 levels deep');
  });
});

function outcomeOf(parse: () => unknown): { value?: unknown; error?: string } {
  try {
    return { value: parse() };
  } catch (error) {
    return { error: String(error) };
  }
}
