import { checkOptions, LazyValidators } from '@holdfast/core/config';
import { describe, expect, it } from 'vitest';
import plugin from '../../src/index.js';

const validators = new LazyValidators();

describe('the schema of the options', () => {
  it('fills in the defaults', async () => {
    expect(await checkOptions(plugin, {}, validators)).toEqual({
      options: { format: 'cri', maxSize: '10m', maxFiles: 5, compress: false, sync: 'never', mode: '0640' },
      problems: [],
    });
  });

  it.each([
    { format: 'cri', maxSize: '10m', maxFiles: 5 },
    { format: 'raw', path: '/logs/a.log', mode: '0600' },
    { maxSize: 1048576, maxFiles: 1 },
    { maxSize: -1 },
    { maxSize: '1.5gb' },
    { format: 'json', compress: true, labels: ['a', 'b'], labelsRegex: '^x' },
    { format: 'json', labels: 'a,b' },
    { maxAge: '7d', maxTotal: '100m', compress: 'gzip', sync: 'rotate' },
    { maxAge: '12h', maxTotal: 50_000_000, compress: 'zstd', sync: '500ms' },
  ])('allows %j', async (options) => {
    expect((await checkOptions(plugin, options, validators)).problems).toEqual([]);
  });

  it.each([
    ['format', 'xml'],
    ['compress', 'lz4'],
    ['maxAge', '7 days'],
    ['maxAge', 7],
    ['maxTotal', 'much'],
    ['sync', 'sometimes'],
    ['sync', '5'],
    ['labels', 5],
    ['labels', ['']],
    ['labelsRegex', ''],
    ['path', 'relative.log'],
    ['maxSize', 'big'],
    ['maxSize', -2],
    ['maxSize', 1.5],
    ['maxFiles', 0],
    ['maxFiles', 101],
    ['mode', '9999'],
    ['mode', 640],
    ['maxsize', '10m'],
  ])('refuses %s: %j', async (option, value) => {
    const { problems } = await checkOptions(plugin, { [option]: value }, validators);
    expect(JSON.stringify(problems)).toContain(option);
  });
});
