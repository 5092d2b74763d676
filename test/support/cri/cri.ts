import { GrpcClient } from './grpc.js';
import { EXITED, IMAGE_METHODS, METHODS, type ContainerStatus } from './messages.js';
import { decode, encode, type Message } from './wire.js';
import { IMAGE, PAUSE_IMAGE } from '../../../scripts/lib/containerd/busybox-image.mjs';
import type { Containerd } from '../containerd/containerd.js';
import { until } from '../until.js';
import { Pod, type PodOptions } from './pod.js';

/** Of everything that comes over CRI. */
const NAMESPACE = 'k8s.io';
type Methods = typeof METHODS;

/** The CRI plugin of a containerd that was started with `handlers`. */
export class Cri {
  #client: GrpcClient;

  private constructor(readonly containerd: Containerd) {
    this.#client = new GrpcClient(containerd.daemon.address);
  }

  /** With the images in place. Its pods are gone before the containerd closes. */
  static async of(containerd: Containerd): Promise<Cri> {
    const cri = new Cri(containerd);
    containerd.onClose(() => cri.#close());
    await containerd.import(NAMESPACE);
    for (const image of [IMAGE, PAUSE_IMAGE]) await until(`CRI knows ${image}`, () => cri.#has(image));
    return cri;
  }

  /** After a restart of the containerd. */
  async reconnect(): Promise<void> {
    await this.#client.close();
    this.#client = new GrpcClient(this.containerd.daemon.address);
  }

  /** Rejects with GrpcError. */
  async call<M extends keyof Methods>(
    method: M,
    request: Message<Methods[M][0]>,
    timeoutMs?: number,
  ): Promise<Message<Methods[M][1]>> {
    const [asked, answered]: readonly [Methods[M][0], Methods[M][1]] = METHODS[method];
    const answer = await this.#client.call(`runtime.v1.RuntimeService/${method}`, encode(asked, request), timeoutMs);
    return decode(answered, answer);
  }

  /** Runs a pod: on the network of the host unless the options say otherwise. */
  run(options: PodOptions): Promise<Pod> {
    return Pod.run(this, options);
  }

  async status(containerId: string): Promise<ContainerStatus> {
    const { status } = await this.call('ContainerStatus', { containerId });
    if (status === undefined) throw new Error(`no status of ${containerId}`);
    return status;
  }

  /** Resolves to the status of a container that has ended. */
  ended(containerId: string): Promise<ContainerStatus> {
    return until(`container ${containerId} has ended`, async () => {
      const status = await this.status(containerId);
      return status.state === EXITED ? status : undefined;
    });
  }

  async #has(image: string): Promise<boolean> {
    const [asked, answered] = IMAGE_METHODS.ImageStatus;
    const request = encode(asked, { image: { image } });
    const answer = await this.#client.call('runtime.v1.ImageService/ImageStatus', request);
    return decode(answered, answer).image !== undefined;
  }

  async #close(): Promise<void> {
    if (this.containerd.daemon.pid === undefined) await this.containerd.daemon.start();
    await this.reconnect();
    const { items = [] } = await this.call('ListPodSandbox', {});
    for (const { id: podSandboxId = '' } of items) {
      await this.call('StopPodSandbox', { podSandboxId });
      await this.call('RemovePodSandbox', { podSandboxId });
    }
    await this.#client.close();
  }
}
