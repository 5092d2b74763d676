import { definePlugin } from '@holdfast/core/plugin';
import { createOciRuntime, jsonLogFlags, SHARED_OPTIONS, type Dialect } from '@holdfast/runtime-oci';
import { CRUN_RULES } from './error-rules.js';

const optionsSchema = {
  type: 'object',
  properties: {
    path: {
      type: 'string',
      minLength: 1,
      default: 'crun',
      description: 'The crun binary: an absolute path, or a name in PATH.',
    },
    ...SHARED_OPTIONS,
  },
  additionalProperties: false,
} as const;

const dialect: Dialect = {
  name: 'crun',
  logFlags: jsonLogFlags,
  errors: CRUN_RULES,
  preserveFds: true,
  unsupported: [],
};

export default definePlugin({
  kind: 'runtime',
  name: 'crun',
  apiVersion: 1,
  optionsSchema,
  create: (context, options) => createOciRuntime(context, options, dialect),
});
