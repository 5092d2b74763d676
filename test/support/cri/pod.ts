import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGE } from '../../../scripts/lib/containerd/busybox-image.mjs';
import type { Cri } from './cri.js';
import type { ContainerConfig, SandboxConfig } from './messages.js';

const POD = 0;
const CONTAINER = 1;
const NODE = 2;

export interface PodOptions {
  readonly handler: string;
  readonly name?: string;
  /** A network of its own, from a CNI config. */
  readonly network?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A pod that runs. */
export class Pod {
  private constructor(
    private readonly cri: Cri,
    readonly id: string,
    private readonly config: SandboxConfig,
  ) {}

  static async run(cri: Cri, { handler, name = 'pod', network = false, annotations }: PodOptions): Promise<Pod> {
    const { directory, namespace } = cri.containerd;
    const logDirectory = join(directory, 'logs', name);
    mkdirSync(logDirectory, { recursive: true });
    const namespaceOptions = { network: network ? POD : NODE, pid: CONTAINER };
    const config: SandboxConfig = {
      metadata: { name, uid: randomUUID(), namespace: 'default' },
      ...(network ? { hostname: name } : {}),
      logDirectory,
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      linux: { cgroupParent: `/${namespace}`, securityContext: { namespaceOptions } },
    };
    const { podSandboxId } = await cri.call('RunPodSandbox', { config, runtimeHandler: handler });
    return new Pod(cri, podSandboxId as string, config);
  }

  /** Creates a container that runs `command`. Resolves to its id. */
  async create(name: string, command: string[], config: ContainerConfig = {}): Promise<string> {
    const whole = {
      metadata: { name },
      image: { image: IMAGE },
      command,
      logPath: `${name}.log`,
      linux: { securityContext: { namespaceOptions: this.config.linux?.securityContext?.namespaceOptions ?? {} } },
      ...config,
    };
    const request = { podSandboxId: this.id, config: whole, sandboxConfig: this.config };
    return (await this.cri.call('CreateContainer', request)).containerId as string;
  }

  /** Creates and starts one. */
  async start(name: string, command: string[], config?: ContainerConfig): Promise<string> {
    const containerId = await this.create(name, command, config);
    await this.cri.call('StartContainer', { containerId });
    return containerId;
  }

  async exec(containerId: string, cmd: string[], timeout = 0): Promise<ExecResult> {
    const { exitCode = 0, stdout, stderr } = await this.cri.call('ExecSync', { containerId, cmd, timeout });
    return { code: exitCode, stdout: String(stdout), stderr: String(stderr) };
  }

  /** The log of the container with that name. */
  log(name: string): string {
    return existsSync(this.#logFile(name)) ? readFileSync(this.#logFile(name), 'utf8') : '';
  }

  /** Gives it another name, as kubelet does before ReopenContainerLog. */
  rotate(name: string): void {
    renameSync(this.#logFile(name), `${this.#logFile(name)}.old`);
  }

  async remove(): Promise<void> {
    await this.cri.call('StopPodSandbox', { podSandboxId: this.id });
    await this.cri.call('RemovePodSandbox', { podSandboxId: this.id });
  }

  #logFile(name: string): string {
    return join(this.config.logDirectory as string, `${name}.log`);
  }
}
