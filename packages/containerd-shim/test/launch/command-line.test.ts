import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/launch/command-line.js';

const START = [
  '-namespace',
  'k8s.io',
  '-address',
  '/run/c.sock',
  '-publish-binary',
  '/usr/bin/containerd',
  '-id',
  'c1',
];

describe('parseCommandLine', () => {
  it('reads what containerd gives', () => {
    expect(parseCommandLine([...START, 'start'])).toEqual({
      ...{ action: 'start', namespace: 'k8s.io', id: 'c1', address: '/run/c.sock', bundle: '', debug: false },
    });
    expect(parseCommandLine([...START, '-bundle', '/b', '-debug', 'delete'])).toMatchObject({
      ...{ action: 'delete', bundle: '/b', debug: true },
    });
  });

  it('takes flags as Go does', () => {
    expect(parseCommandLine(['--namespace=a', '-id=b', 'start'])).toMatchObject({ namespace: 'a', id: 'b' });
    expect(parseCommandLine(['-namespace', '', '-id', 'x', '-v'])).toMatchObject({ action: 'version' });
    expect(parseCommandLine(['-info'])).toMatchObject({ action: 'info' });
  });

  it.each([
    [['-nonsense', 'start'], /unknown flag "-nonsense"/],
    [['-namespace', 'a', '-id', 'b'], /no action/],
    [['-namespace', 'a', '-id', 'b', 'dance'], /unknown action "dance"/],
    [['-namespace', 'a', '-id', 'b', 'start', 'more'], /unknown action "start more"/],
    [['-namespace', 'a', 'start'], /start needs -id/],
    [['-id', 'a', 'delete'], /delete needs -namespace/],
    [['-id'], /no action/],
  ])('refuses %j', (argv, message) => {
    expect(() => parseCommandLine(argv)).toThrow(message);
  });
});
