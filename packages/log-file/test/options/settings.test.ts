import { describe, expect, it } from 'vitest';
import type { FileOptions } from '../../src/options/schema.js';
import { settingsOf } from '../../src/options/settings.js';

const options: FileOptions = { format: 'cri', maxSize: '10m', maxFiles: 5, compress: false, mode: '0640' };

describe('settingsOf', () => {
  it('puts the log into the directory of the container unless told otherwise', () => {
    expect(settingsOf(options, '/var/log/holdfast/default/c1')).toEqual({
      path: '/var/log/holdfast/default/c1/container.log',
      format: 'cri',
      maxSize: 10_000_000,
      maxFiles: 5,
      mode: 0o640,
      compress: false,
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
