import { describe, expect, it } from 'vitest';
import { ERROR_CODES, type ErrorCode } from '../../src/plugin/error-codes.js';
import { aboutContainer, ShimError } from '../../src/plugin/shim-error.js';

describe('the remedy of an error about a container', () => {
  it.each([
    ['SHIM_CONTAINER_EXISTS', { id: 'web' }, 'Choose another id, or remove the old one: `shimctl delete web`.'],
    ['SHIM_STATE_CORRUPT', { id: 'a$&' }, 'Remove what is left with `shimctl delete --force a$&`.'],
    [
      'SHIM_ILLEGAL_STATE',
      { id: 'web', namespace: 'pods' },
      '`shimctl --namespace pods inspect web` shows the state the container is in.',
    ],
    ['SHIM_IO', { id: 'web' }, 'The cause names the system call and the file.'],
  ] as const)('%s names it', (code, container, remedy) => {
    expect(new ShimError(code, 'x', { container }).remedy).toBe(remedy);
    const told = aboutContainer(new ShimError(code, 'x', { where: 'w', cause: 1 }), container);
    expect(told).toMatchObject({ code, message: 'x', where: 'w', cause: 1, remedy });
  });

  it('has no placeholder left, whatever the code', () => {
    const remedies = Object.keys(ERROR_CODES).map((code) => {
      return new ShimError(code as ErrorCode, 'x', { container: { id: 'web' } }).remedy;
    });
    expect(remedies.filter((remedy) => /\bID\b/.test(remedy))).toEqual([]);
  });

  it('is left as somebody else wrote it', () => {
    const container = { id: 'web' };
    expect(new ShimError('SHIM_ILLEGAL_STATE', 'x', { container, remedy: 'Stop it first.' }).remedy).toBe(
      'Stop it first.',
    );
  });
});
