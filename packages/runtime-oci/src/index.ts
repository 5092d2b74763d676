export { ociPlugin as default } from './plugin.js';
export { createOciRuntime, OciRuntime } from './oci-runtime.js';
export { jsonLogFlags, OPTIONAL_COMMANDS } from './dialect.js';
export type { Dialect, ErrorRule, OciCommand, OptionalCommand } from './dialect.js';
export { PERMISSION_RULE, RUNC_RULES } from './error-rules.js';
export { SHARED_OPTIONS } from './options.js';
export type { OciOptions } from './options.js';
