import { definePlugin } from '@holdfast/core/plugin';
import { jsonLogFlags, OPTIONAL_COMMANDS } from './dialect.js';
import { RUNC_RULES } from './error-rules.js';
import { createOciRuntime } from './oci-runtime.js';
import { SHARED_OPTIONS } from './options.js';

const optionsSchema = {
  type: 'object',
  properties: {
    path: { type: 'string', minLength: 1, description: 'The runtime binary: an absolute path, or a name in PATH.' },
    ...SHARED_OPTIONS,
    unsupported: {
      type: 'array',
      items: { type: 'string', enum: OPTIONAL_COMMANDS },
      default: [],
      description: 'Commands that the binary does not have, such as ["ps"].',
    },
  },
  required: ['path'],
  additionalProperties: false,
} as const;

/** Runs any binary that speaks the command line of OCI runtimes. */
export const ociPlugin = definePlugin({
  kind: 'runtime',
  name: 'oci',
  apiVersion: 1,
  optionsSchema,
  create: (context, { unsupported, ...options }) =>
    createOciRuntime(context, options, { name: 'oci', logFlags: jsonLogFlags, errors: RUNC_RULES, unsupported }),
});
