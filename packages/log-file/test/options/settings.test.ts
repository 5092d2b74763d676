import { describe, expect, it } from 'vitest';
import type { FileOptions } from '../../src/options/schema.js';
import { zstd } from '../../src/compression/zstd.js';
import { settingsOf } from '../../src/options/settings.js';

const options: FileOptions = {
  format: 'cri',
  maxSize: '10m',
  maxFiles: 5,
  compress: false,
  sync: 'never',
  mode: '0640',
};

describe('settingsOf', () => {
  it('puts the log into the directory of the container unless told otherwise', () => {
    expect(settingsOf(options, '/var/log/holdfast/default/c1')).toEqual({
      path: '/var/log/holdfast/default/c1/container.log',
      format: 'cri',
      maxSize: 10_000_000,
      maxFiles: 5,
      mode: 0o640,
      maxAge: undefined,
      maxTotal: undefined,
      maxWritten: undefined,
      replaces: false,
      compress: undefined,
      sync: 'never',
      labels: { names: [], pattern: undefined },
    });
  });

  it.each([
    ['a, b,,c', ['a', 'b', 'c']],
    [
      ['x', 'y,z'],
      ['x', 'y,z'],
    ],
  ])('reads the labels %j', (labels, names) => {
    expect(settingsOf({ ...options, format: 'json', labels }, '/unused').labels.names).toEqual(names);
  });

  it('refuses what is no regular expression', () => {
    const json = { ...options, format: 'json' as const };
    expect(settingsOf({ ...json, labelsRegex: '^app\\.' }, '/unused').labels.pattern).toEqual(/^app\./u);
    expect(() => settingsOf({ ...json, labelsRegex: 'a(' }, '/unused')).toThrow(
      expect.objectContaining({ code: 'SHIM_CONFIG_INVALID', where: 'options.labelsRegex' }),
    );
  });

  it.each([
    ['cri', { labels: ['app'] }, 'labels'],
    ['raw', { labels: 'app' }, 'labels'],
    ['cri', { labelsRegex: '^app' }, 'labelsRegex'],
  ] as const)('refuses labels with the format %s, which has no place for them', (format, given, option) => {
    const labels = { ...options, format, ...given } as FileOptions;
    expect(() => settingsOf(labels, '/unused')).toThrow(
      expect.objectContaining({
        code: 'SHIM_CONFIG_INVALID',
        where: `options.${option}`,
        message: expect.stringContaining(format) as string,
        remedy: expect.stringContaining('json') as string,
      }),
    );
  });

  it.each([
    [true, 'gzip'],
    ['gzip', 'gzip'],
    [false, undefined],
  ] as const)('takes compress: %s for %s', (compress, compression) => {
    expect(settingsOf({ ...options, compress }, '/unused').compress).toBe(compression);
  });

  it.runIf(zstd() !== undefined)('takes compress: zstd where Node has it', () => {
    expect(settingsOf({ ...options, compress: 'zstd' }, '/unused').compress).toBe('zstd');
  });

  it.runIf(zstd() === undefined)('refuses compress: zstd where Node has none, and says what to do', () => {
    expect(() => settingsOf({ ...options, compress: 'zstd' }, '/unused')).toThrow(
      expect.objectContaining({
        code: 'SHIM_CONFIG_INVALID',
        where: 'options.compress',
        message: expect.stringContaining(process.versions.node) as string,
        remedy: expect.stringContaining('"gzip"') as string,
      }),
    );
  });

  it('reads the limits of all files together', () => {
    const given = { ...options, maxSize: '10m', maxTotal: '50m', maxAge: '2h' };
    expect(settingsOf(given, '/unused')).toMatchObject({ maxTotal: 50_000_000, maxAge: 7_200_000_000_000n });
    expect(settingsOf({ ...options, maxTotal: 0, maxAge: '0s' }, '/unused')).toMatchObject({
      maxTotal: undefined,
      maxAge: undefined,
    });
  });

  it.each([
    ['10m', '9m'],
    [-1, '1g'],
    [0, 5],
  ])('refuses a maxSize of %j with a maxTotal of %j, which the current file alone may exceed', (maxSize, maxTotal) => {
    expect(() => settingsOf({ ...options, maxSize, maxTotal }, '/unused')).toThrow(
      expect.objectContaining({
        code: 'SHIM_CONFIG_INVALID',
        where: 'options.maxTotal',
        remedy: expect.stringContaining('maxSize') as string,
      }),
    );
  });

  it('takes a path and a mode without leading zero', () => {
    const settings = settingsOf({ ...options, path: '/logs//a/../b.log', mode: '600' }, '/unused');
    expect(settings).toMatchObject({ path: '/logs/b.log', mode: 0o600 });
  });

  it.each(['logs/a.log', '/logs/', '/logs/a\0b'])('refuses the path %j', (path) => {
    expect(() => settingsOf({ ...options, path }, '/unused')).toThrow(
      expect.objectContaining({ code: 'SHIM_CONFIG_INVALID', where: 'options.path' }),
    );
  });

  it.each(['0999', '64', '', '4755', 'rw'])('refuses the mode %j', (mode) => {
    expect(() => settingsOf({ ...options, mode }, '/unused')).toThrow(
      expect.objectContaining({ code: 'SHIM_CONFIG_INVALID', where: 'options.mode' }),
    );
  });
});
