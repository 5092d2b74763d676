import { expect, test } from 'vitest';
import type { OciSpec } from '../../src/bundle/oci-spec.js';
import { parseSignal, stopSignalOf } from '../../src/bundle/stop-signal.js';

test.each([
  ['TERM', 15],
  ['SIGTERM', 15],
  ['sigterm', 15],
  ['15', 15],
  ['1', 1],
  ['64', 64],
  ['RTMIN', 34],
  ['RTMIN+3', 37],
  ['SIGRTMAX-1', 63],
  ['RTMAX', 64],
])('%s is signal %i', (text, number) => {
  expect(parseSignal(text)).toBe(number);
});

test.each(['', '0', '65', '-1', '9x', 'NOPE', 'RTMIN-1', 'RTMIN+31', 'constructor', 'SIG', '99999999999'])(
  '%j is none',
  (text) => {
    expect(parseSignal(text)).toBeUndefined();
  },
);

test('a container is stopped by the signal of its image, else by TERM', () => {
  const spec = (stopSignal?: string): OciSpec => ({
    process: { args: ['x'], cwd: '/' },
    root: { path: '/' },
    ...(stopSignal === undefined ? {} : { annotations: { 'org.opencontainers.image.stopSignal': stopSignal } }),
  });
  expect([spec('SIGQUIT'), spec('37'), spec('nonsense'), spec()].map(stopSignalOf)).toEqual([3, 37, 15, 15]);
});
