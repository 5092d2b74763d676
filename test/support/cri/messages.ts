import type { Message } from './wire.js';

/** Messages of runtime.v1, with the fields that tests use. */
const METADATA = { name: [1, 'string'], uid: [2, 'string'], namespace: [3, 'string'], attempt: [4, 'int'] } as const;
const NAMESPACES = { network: [1, 'int'], pid: [2, 'int'], ipc: [3, 'int'] } as const;
const SANDBOX_LINUX = {
  cgroupParent: [1, 'string'],
  securityContext: [2, { namespaceOptions: [1, NAMESPACES] }],
} as const;
export const SANDBOX_CONFIG = {
  metadata: [1, METADATA],
  hostname: [2, 'string'],
  logDirectory: [3, 'string'],
  labels: [6, 'map'],
  annotations: [7, 'map'],
  linux: [8, SANDBOX_LINUX],
} as const;
export type SandboxConfig = Message<typeof SANDBOX_CONFIG>;

const RESOURCES = {
  cpuPeriod: [1, 'int'],
  cpuQuota: [2, 'int'],
  cpuShares: [3, 'int'],
  memoryLimitInBytes: [4, 'int'],
  oomScoreAdj: [5, 'int'],
  cpusetCpus: [6, 'string'],
} as const;
export type Resources = Message<typeof RESOURCES>;

const CONTAINER_SECURITY = {
  privileged: [2, 'bool'],
  namespaceOptions: [3, NAMESPACES],
  runAsUsername: [6, 'string'],
} as const;
export const CONTAINER_CONFIG = {
  metadata: [1, { name: [1, 'string'], attempt: [2, 'int'] }],
  image: [2, { image: [1, 'string'] }],
  command: [3, 'string', 'repeated'],
  args: [4, 'string', 'repeated'],
  workingDir: [5, 'string'],
  envs: [6, { key: [1, 'string'], value: [2, 'string'] }, 'repeated'],
  mounts: [7, { containerPath: [1, 'string'], hostPath: [2, 'string'], readonly: [3, 'bool'] }, 'repeated'],
  labels: [9, 'map'],
  annotations: [10, 'map'],
  logPath: [11, 'string'],
  stdin: [12, 'bool'],
  stdinOnce: [13, 'bool'],
  tty: [14, 'bool'],
  linux: [15, { resources: [1, RESOURCES], securityContext: [2, CONTAINER_SECURITY] }],
} as const;
export type ContainerConfig = Message<typeof CONTAINER_CONFIG>;

export const CONTAINER_STATUS = {
  id: [1, 'string'],
  state: [3, 'int'],
  createdAt: [4, 'int'],
  startedAt: [5, 'int'],
  finishedAt: [6, 'int'],
  exitCode: [7, 'int'],
  reason: [10, 'string'],
  message: [11, 'string'],
  logPath: [15, 'string'],
} as const;
export type ContainerStatus = Message<typeof CONTAINER_STATUS>;
export const CREATED = 0;
export const RUNNING = 1;
export const EXITED = 2;

const NUMBER = { value: [1, 'int'] } as const;
export const CONTAINER_STATS = {
  attributes: [1, { id: [1, 'string'] }],
  cpu: [2, { timestamp: [1, 'int'], usageCoreNanoSeconds: [2, NUMBER] }],
  memory: [3, { timestamp: [1, 'int'], workingSetBytes: [2, NUMBER] }],
} as const;

const SANDBOX_STATUS = { id: [1, 'string'], state: [3, 'int'], network: [5, { ip: [1, 'string'] }] } as const;
const SANDBOX_ID = { podSandboxId: [1, 'string'] } as const;
const CONTAINER_ID = { containerId: [1, 'string'] } as const;
const CONTAINER = { id: [1, 'string'], podSandboxId: [2, 'string'], state: [6, 'int'] } as const;
const CONDITION = { type: [1, 'string'], status: [2, 'bool'], reason: [3, 'string'], message: [4, 'string'] } as const;
const VERSION = { version: [1, 'string'], runtimeName: [2, 'string'], runtimeVersion: [3, 'string'] } as const;

/** Request and response of each method. */
export const METHODS = {
  Version: [{ version: [1, 'string'] }, { ...VERSION, runtimeApiVersion: [4, 'string'] }],
  Status: [{ verbose: [1, 'bool'] }, { status: [1, { conditions: [1, CONDITION, 'repeated'] }] }],
  RunPodSandbox: [{ config: [1, SANDBOX_CONFIG], runtimeHandler: [2, 'string'] }, SANDBOX_ID],
  StopPodSandbox: [SANDBOX_ID, {}],
  RemovePodSandbox: [SANDBOX_ID, {}],
  PodSandboxStatus: [SANDBOX_ID, { status: [1, SANDBOX_STATUS] }],
  ListPodSandbox: [{}, { items: [1, { id: [1, 'string'], state: [3, 'int'] }, 'repeated'] }],
  CreateContainer: [
    { podSandboxId: [1, 'string'], config: [2, CONTAINER_CONFIG], sandboxConfig: [3, SANDBOX_CONFIG] },
    CONTAINER_ID,
  ],
  StartContainer: [CONTAINER_ID, {}],
  StopContainer: [{ ...CONTAINER_ID, timeout: [2, 'int'] }, {}],
  RemoveContainer: [CONTAINER_ID, {}],
  ListContainers: [{}, { containers: [1, CONTAINER, 'repeated'] }],
  ContainerStatus: [
    { ...CONTAINER_ID, verbose: [2, 'bool'] },
    { status: [1, CONTAINER_STATUS], info: [2, 'map'] },
  ],
  UpdateContainerResources: [{ ...CONTAINER_ID, linux: [2, RESOURCES] }, {}],
  ExecSync: [
    { ...CONTAINER_ID, cmd: [2, 'string', 'repeated'], timeout: [3, 'int'] },
    { stdout: [1, 'bytes'], stderr: [2, 'bytes'], exitCode: [3, 'int'] },
  ],
  ContainerStats: [CONTAINER_ID, { stats: [1, CONTAINER_STATS] }],
  ReopenContainerLog: [CONTAINER_ID, {}],
} as const;

/** Of the images. */
export const IMAGE_METHODS = {
  ImageStatus: [{ image: [1, { image: [1, 'string'] }] }, { image: [1, { id: [1, 'string'] }] }],
} as const;
