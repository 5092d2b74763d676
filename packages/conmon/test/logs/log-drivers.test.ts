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
    ['k8s-file:/a/b', '/a/b', 'cri'],
    ['/a/b', '/a/b', 'cri'],
    [':/a/b', '/a/b', 'cri'],
    ['relative', '/cwd/relative', 'cri'],
    ['k8s-file:/a:b', '/a:b', 'cri'],
    ['json-file:/a/b', '/a/b', 'json'],
  ])('may be a file: %s', (text, path, format) => {
    const { logs } = choices(text);
    expect(logs).toEqual([{ driver: 'file', options: expect.objectContaining({ path, format }) as object }]);
  });

  it.each(['none', 'off', 'null', 'none:'])('may be nothing: %s', (text) => {
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
