export * from './bootstrap.js';
export * from './events.js';
export * from './mount.js';
export * from './runtime-options.js';
export * from './task.js';
export * from './well-known.js';
export { MetricsV1 } from './cgroups-v1.js';
export { MetricsV2 } from './cgroups-v2.js';
export type { InitOf, Message, MessageOf } from './wire/message.js';
