import { expect, it } from 'vitest';
import { passedDescriptors, preservedFds } from '../../../src/cli/unit/passed-descriptors.js';

const surroundings = (
  inherited: number,
  env: Record<string, string> = {},
): Parameters<typeof passedDescriptors>[0] => ({
  env,
  unit: { pid: 77, inherited: () => inherited, notify: () => Promise.resolve() },
});

it('passes nothing on that nobody asked for', () => {
  expect(passedDescriptors(surroundings(5), undefined)).toEqual({});
  expect(passedDescriptors(surroundings(5), '0')).toEqual({});
});

it('takes those of socket activation, then as many as were asked for', () => {
  const env = { LISTEN_FDS: '2', LISTEN_PID: '77', LISTEN_FDNAMES: 'a:b' };
  expect(passedDescriptors(surroundings(5, env), undefined)).toEqual({
    preserveFds: [3, 4],
    listenFds: { count: 2, names: 'a:b' },
  });
  expect(passedDescriptors(surroundings(5, { LISTEN_FDS: '2', LISTEN_PID: '77' }), '3')).toEqual({
    preserveFds: [3, 4, 5, 6, 7],
    listenFds: { count: 2 },
  });
});

it('leaves those alone that are meant for another process', () => {
  for (const LISTEN_PID of ['78', '', undefined]) {
    const env = { LISTEN_FDS: '2', ...(LISTEN_PID === undefined ? {} : { LISTEN_PID }) };
    expect(passedDescriptors(surroundings(5, env), '1')).toEqual({ preserveFds: [3] });
  }
  expect(passedDescriptors(surroundings(5, { LISTEN_FDS: '0', LISTEN_PID: '77' }), undefined)).toEqual({});
});

it.each([
  ['1', 0, {}, 'shimctl was started without descriptor 3'],
  ['3', 2, {}, 'shimctl was started without descriptor 5'],
  ['1', 2, { LISTEN_FDS: '2', LISTEN_PID: '77' }, 'without descriptor 5, one of the 3'],
  ['14', 20, {}, '14 descriptors are more than the 13'],
  ['1x', 9, {}, '"1x" is not a whole number'],
  ['-1', 9, {}, '"-1" is not a whole number'],
])('refuses --preserve-fds %s of %i', (preserve, inherited, env, message) => {
  expect(() => passedDescriptors(surroundings(inherited, env), preserve)).toThrow(
    expect.objectContaining({ name: 'ShimError', message: expect.stringContaining(message) as string }),
  );
});

it('counts from 3 for an exec', () => {
  expect(preservedFds(surroundings(2), '2')).toEqual({ preserveFds: [3, 4] });
});
