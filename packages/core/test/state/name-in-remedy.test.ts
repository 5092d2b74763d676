import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../src/plugin/error-codes.js';
import { ShimError } from '../../src/plugin/shim-error.js';
import { nameInRemedy } from '../../src/state/name-in-remedy.js';

test('a remedy names the container, and its namespace if that is not the default one', () => {
  const cause = new Error('why');
  const error = new ShimError('SHIM_STATE_CORRUPT', 'rubbish', { where: '/x', cause });
  expect(nameInRemedy(error, { namespace: 'default', id: 'c1' })).toMatchObject({
    code: 'SHIM_STATE_CORRUPT',
    message: 'rubbish',
    where: '/x',
    cause,
    remedy: 'Remove what is left with `shimctl delete --force c1`.',
  });
  expect(nameInRemedy(error, { namespace: 'n', id: 'c1' }).remedy).toContain(
    '`shimctl --namespace n delete --force c1`',
  );
});

test.each(Object.keys(ERROR_CODES) as (keyof typeof ERROR_CODES)[])(
  'no remedy of %s is left with a literal ID',
  (code) => {
    const { remedy } = nameInRemedy(new ShimError(code, 'x'), { namespace: 'default', id: 'c1' });
    expect(remedy).not.toMatch(/shimctl[^`]* ID\b/);
  },
);
