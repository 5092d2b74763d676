import { definePlugin } from '@holdfast/core/plugin';
import { GivenRuntime } from './given-runtime.js';
import { optionsSchema } from './options.js';

export default definePlugin({
  kind: 'runtime',
  name: 'conmon',
  apiVersion: 1,
  optionsSchema,
  create: (context, options) => new GivenRuntime(context, options),
});
