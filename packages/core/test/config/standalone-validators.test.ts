import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standaloneValidators } from '../../../../scripts/lib/standalone-validators.mjs';
import { configSchema, LazyValidators, type Validate } from '../../src/config/index.js';
import { FILE_SCHEMA, makeDirectory } from '../plugins/plugin-files.js';

/** Needs ajv's helpers for lengths and for equality, and a format. */
const AWKWARD = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 3 },
    pair: { const: { a: [1] } },
    list: { type: 'array', uniqueItems: true, items: { type: ['string', 'object'] } },
    at: { type: 'string', format: 'date-time' },
  },
} as const;

const SCHEMAS = { config: configSchema, file: FILE_SCHEMA, awkward: AWKWARD };

const DOCUMENTS: readonly [keyof typeof SCHEMAS, unknown][] = [
  ['config', {}],
  ['config', { runtime: 'crun', limits: { stopTimeout: '1s' }, logs: [] }],
  ['config', { runtime: 1, extra: true, limits: { stopTimeout: '1x' }, shim: { logLevel: 'x' }, logs: [{}] }],
  ['config', []],
  ['file', {}],
  ['file', { maxSize: 'x', maxFiles: 0.5, format: 'y', labels: [1], more: null }],
  ['awkward', { name: 'äöü', pair: { a: [1] }, list: ['a', { b: 1 }], at: '2024-01-01T00:00:00Z' }],
  ['awkward', { name: '', pair: { a: [2] }, list: [{ b: 1 }, { b: 1 }], at: 'noon' }],
  ['awkward', { name: '𝒳𝒴𝒵' }],
];

describe('standaloneValidators', () => {
  let directory: Awaited<ReturnType<typeof makeDirectory>>;
  let validators: Record<string, Validate>;
  let inputs: string[];

  beforeAll(async () => {
    directory = await makeDirectory();
    const outfile = join(directory.path, 'validators.cjs');
    const result = await build({
      stdin: { contents: standaloneValidators(SCHEMAS), resolveDir: fileURLToPath(new URL('../..', import.meta.url)) },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile,
      metafile: true,
    });
    inputs = Object.keys(result.metafile.inputs);
    validators = createRequire(outfile)(outfile) as Record<string, Validate>;
  });
  afterAll(() => directory.remove());

  it.each(DOCUMENTS)(
    'makes a validator for %s that finds what ajv finds in %j, and fills in the same',
    async (name, document) => {
      const compiled = await new LazyValidators().validator(SCHEMAS[name]);
      const ready = validators[name] as Validate;
      const [one, two] = [structuredClone(document), structuredClone(document)];
      expect(ready(one)).toBe(compiled(two));
      expect(one).toEqual(two);
      const shown = (validate: Validate) =>
        validate.errors?.map(({ instancePath, keyword, params }) => [instancePath, keyword, params]);
      expect(shown(ready)).toEqual(shown(compiled));
    },
  );

  it('needs nothing of ajv but its runtime helpers once it is bundled', () => {
    const others = inputs.filter(
      (path) => !/ajv\/dist\/runtime\/|ajv-formats\/dist\/formats|fast-deep-equal|<stdin>/.test(path),
    );
    expect(others).toEqual([]);
  });

  it('gives LazyValidators what it then need not compile', async () => {
    const ready = validators['config'] as Validate;
    expect(await new LazyValidators([[configSchema, ready]]).validator(configSchema)).toBe(ready);
  });

  it('refuses a key that can not be exported', () => {
    expect(() => standaloneValidators({ 'log-file': FILE_SCHEMA })).toThrow('not an identifier: log-file');
  });
});
