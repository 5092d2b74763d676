import { definePlugin } from '@holdfast/core/plugin';
import { createOciRuntime, jsonLogFlags, RUNC_RULES, SHARED_OPTIONS, type Dialect } from '@holdfast/runtime-oci';

const optionsSchema = {
  type: 'object',
  properties: {
    path: {
      type: 'string',
      minLength: 1,
      default: 'runc',
      description: 'The runc binary: an absolute path, or a name in PATH.',
    },
    ...SHARED_OPTIONS,
  },
  additionalProperties: false,
} as const;

const dialect: Dialect = {
  name: 'runc',
  logFlags: jsonLogFlags,
  errors: RUNC_RULES,
  preserveFds: true,
  unsupported: [],
};

export default definePlugin({
  kind: 'runtime',
  name: 'runc',
  apiVersion: 1,
  optionsSchema,
  create: (context, options) => createOciRuntime(context, options, dialect),
});
