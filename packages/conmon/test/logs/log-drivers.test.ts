import { describe, expect, it } from 'vitest';
import { readOptions } from '../../src/command-line/options.js';
import { logChoices } from '../../src/logs/log-drivers.js';

const NAMED = ['-c', 'id', '-u', 'id', '-r', '/r'];

function choices(...logs: string[]) {
  const flags = logs.flatMap((each) => ['-l', each]);
  return logChoices(readOptions([...NAMED, ...flags], '/cwd'), '/cwd');
}

describe('the logs that conmon is told of', () => {
  it.each([
    ['k8s-file:/a/b', '/a/b', 'k8s-file'],
    ['/a/b', '/a/b', 'k8s-file'],
    [':/a/b', '/a/b', 'k8s-file'],
    ['relative', '/cwd/relative', 'k8s-file'],
    ['k8s-file:/a:b', '/a:b', 'k8s-file'],
    ['json-file:/a/b', '/a/b', 'json'],
  ])('may be a file: %s', (text, path, format) => {
    const { logs } = choices(text);
    expect(logs).toEqual([{ driver: 'file', options: expect.objectContaining({ path, format }) as object }]);
  });

  it.each(['none', 'off', 'null', 'none:', '/dev/null', 'k8s-file:/dev/null'])('may be nothing: %s', (text) => {
    expect(choices(text)).toEqual({ passthrough: false, logs: [] });
  });

  it('may be several, and the journal', () => {
    expect(choices('journald', '/a', 'none').logs.map(({ driver }) => driver)).toEqual(['journald', 'file']);
    expect(choices('journald:').logs).toHaveLength(1);
  });

  it.each([
    [[], 'Log driver not provided. Use --log-path'],
    [[''], 'log-path must not be empty'],
    [['k8s-file'], 'k8s-file requires a filename'],
    [['k8s-file:'], 'k8s-file requires a filename'],
    [['syslog:x'], 'No such log driver syslog'],
  ])('are refused if they are %j', (logs, message) => {
    expect(() => choices(...logs)).toThrow(expect.objectContaining({ code: 'SHIM_USAGE', message }));
  });
});

describe('how much, and how, conmon is told to log', () => {
  const optionsOf = (...flags: string[]): unknown => {
    const read = readOptions([...NAMED, '-l', '/a', '-l', 'journald', ...flags], '/cwd');
    return logChoices(read, '/cwd').logs.map(({ options }) => options);
  };

  it('is without bounds unless told otherwise, and on the disk at the end', () => {
    expect(optionsOf('-n', 'name')).toEqual([
      { format: 'k8s-file', path: '/a', maxSize: -1, maxFiles: 1, whenFull: 'replace', sync: 'rotate' },
      { tag: 'name', keepNewline: true, partialMarks: true, priorityPrefix: false },
    ]);
  });

  it.each([
    [['--log-size-max', '1000'], { maxSize: 1000, maxFiles: 1, whenFull: 'replace' }],
    [['--log-size-max', '1000', '--log-rotate', '--log-max-files', '4'], { maxSize: 1000, maxFiles: 5 }],
    [['--log-rotate', '--log-max-files', '1000'], { maxFiles: 100 }],
    [['--log-global-size-max', '16777216'], { maxWritten: 16777216 }],
    [['--log-size-max', '-1', '--log-global-size-max', '0'], { maxSize: -1 }],
    [['--no-sync-log'], { sync: 'never' }],
  ])('%j is %j', (flags, options) => {
    expect(optionsOf(...flags)).toEqual([expect.objectContaining(options), expect.anything()]);
  });

  it('is told to the journal with a tag, labels and marks', () => {
    const flags = ['--log-tag', 'a {{.b}}', '--log-label', 'ONE=1', '--log-label', 'none', '--log-label', '=x'];
    expect(optionsOf(...flags, '--no-container-partial-message')).toEqual([
      expect.anything(),
      { tag: 'a { {.b}}', labels: ['ONE'], keepNewline: true, partialMarks: false, priorityPrefix: false },
    ]);
  });
});
