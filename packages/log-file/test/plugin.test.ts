import { isPlugin, PLUGIN_API_VERSION } from '@holdfast/core/plugin';
import { expect, it } from 'vitest';
import plugin from '../src/index.js';

it('is the log driver "file"', () => {
  expect(isPlugin(plugin)).toBe(true);
  expect(plugin).toMatchObject({ kind: 'log-driver', name: 'file', apiVersion: PLUGIN_API_VERSION });
});
