import { accessSync, constants } from 'node:fs';
import { keeperPath } from '@holdfast/native';
import { expect, it } from 'vitest';
import { prebuiltPath } from '../src/prebuilt.js';

it('finds the keeper, which can be executed', () => {
  expect(keeperPath()).toMatch(/\/prebuilds\/linux-[^/]+\/holdfast-keeper$/);
  accessSync(keeperPath(), constants.X_OK);
});

it('says which platforms there are files for', () => {
  expect(() => prebuiltPath('holdfast.node', 'darwin-arm64')).toThrow(
    /^@holdfast\/native has no holdfast\.node for darwin-arm64; there is one for .*linux-/,
  );
});
