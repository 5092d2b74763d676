import { definePlugin } from '@holdfast/core/plugin';
import { createOciRuntime, jsonLogFlags, RUNC_RULES, SHARED_OPTIONS } from '@holdfast/runtime-oci';

export default definePlugin({
  kind: 'runtime',
  name: 'youki',
  apiVersion: 1,
  optionsSchema: {
    type: 'object',
    properties: { path: { type: 'string', default: 'youki', description: 'The binary.' }, ...SHARED_OPTIONS },
    additionalProperties: false,
  },
  create: (context, options) =>
    createOciRuntime(context, options, { name: 'youki', logFlags: jsonLogFlags, errors: RUNC_RULES, unsupported: [] }),
});
