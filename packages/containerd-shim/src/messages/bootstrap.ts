import { embedded, int32, int32s, repeated, string } from './wire/field.js';
import { message, type MessageOf } from './wire/message.js';
import { stringMap } from './wire/string-map.js';
import { Any } from './well-known.js';

/** Values of {@link BootstrapParams}.logLevel; one between two of them is possible. */
export const LOG_LEVEL = { TRACE: -8, DEBUG: -4, INFO: 0, WARN: 4, ERROR: 8, FATAL: 10, PANIC: 12 } as const;

export const Extension = message('containerd.runtime.bootstrap.v1.Extension', { value: embedded(1, Any) });
export type Extension = MessageOf<typeof Extension>;

/** On stdin of `start`, from containerd 2.3 on. */
export const BootstrapParams = message('containerd.runtime.bootstrap.v1.BootstrapParams', {
  instanceId: string(1),
  namespace: string(2),
  /** One of {@link LOG_LEVEL}. */
  logLevel: int32(3),
  containerdVersion: string(4),
  ttrpcAddress: string(5),
  grpcAddress: string(6),
  binary: string(7),
  extensions: repeated(8, Extension),
  socketDir: string(9),
});
export type BootstrapParams = MessageOf<typeof BootstrapParams>;

/** On stdout of `start`, for containerd 2.3 and later. */
export const BootstrapResult = message('containerd.runtime.bootstrap.v1.BootstrapResult', {
  version: int32(1),
  address: string(2),
  protocol: string(3),
  capabilities: int32s(4),
  metadata: stringMap(5),
});
export type BootstrapResult = MessageOf<typeof BootstrapResult>;

export const RuntimeVersion = message('containerd.types.RuntimeVersion', { version: string(1), revision: string(2) });
export type RuntimeVersion = MessageOf<typeof RuntimeVersion>;

/** What `-info` prints. */
export const RuntimeInfo = message('containerd.types.RuntimeInfo', {
  name: string(1),
  version: embedded(2, RuntimeVersion),
  options: embedded(3, Any),
  features: embedded(4, Any),
  annotations: stringMap(5),
});
export type RuntimeInfo = MessageOf<typeof RuntimeInfo>;
