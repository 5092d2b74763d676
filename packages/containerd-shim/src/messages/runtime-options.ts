import { bool, bytes, string, strings, uint32 } from './wire/field.js';
import { message, type MessageOf } from './wire/message.js';

/** Type URLs whose values are JSON of the OCI runtime specification, not protobuf. */
export const SPEC_URL = {
  PROCESS: 'types.containerd.io/opencontainers/runtime-spec/1/Process',
  LINUX_RESOURCES: 'types.containerd.io/opencontainers/runtime-spec/1/LinuxResources',
} as const;

/** `[plugins…runtimes.NAME.options]` of containerd's config for its own runtime. */
export const RuncOptions = message('containerd.runc.v1.Options', {
  noPivotRoot: bool(1),
  noNewKeyring: bool(2),
  shimCgroup: string(3),
  ioUid: uint32(4),
  ioGid: uint32(5),
  binaryName: string(6),
  root: string(7),
  /** Gone from containerd 2. */
  criuPath: string(8),
  systemdCgroup: bool(9),
  criuImagePath: string(10),
  criuWorkPath: string(11),
  taskApiAddress: string(12),
  taskApiVersion: uint32(13),
});
export type RuncOptions = MessageOf<typeof RuncOptions>;

/** What a runtime gets whose options containerd has no type for. */
export const RuntimeOptions = message('runtimeoptions.v1.Options', {
  typeUrl: string(1),
  configPath: string(2),
  configBody: bytes(3),
});
export type RuntimeOptions = MessageOf<typeof RuntimeOptions>;

/** In ProcessInfo.info, of a process that an exec began. */
export const ProcessDetails = message('containerd.runc.v1.ProcessDetails', { execId: string(1) });
export type ProcessDetails = MessageOf<typeof ProcessDetails>;

export const CheckpointOptions = message('containerd.runc.v1.CheckpointOptions', {
  exit: bool(1),
  openTcp: bool(2),
  externalUnixSockets: bool(3),
  terminal: bool(4),
  fileLocks: bool(5),
  emptyNamespaces: strings(6),
  cgroupsMode: string(7),
  imagePath: string(8),
  workPath: string(9),
  parentPath: string(10),
});
export type CheckpointOptions = MessageOf<typeof CheckpointOptions>;
