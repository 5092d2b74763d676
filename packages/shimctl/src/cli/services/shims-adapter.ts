import {
  Shims,
  type ContainerDocument,
  type ContainerRef,
  type ExecRef,
  type MetricsReport,
  type RecoverOptions,
  type RecoverReport,
  type ShimService,
  type ShimsOptions,
  type UpgradedGroup,
  type UpgradeOptions,
} from '@holdfast/core/client';
import type { Attachment, AttachRequest, CliShims } from '../services.js';

/** Commands' view of the core's client. */
export class ShimsAdapter implements CliShims {
  readonly #shims: Shims;

  constructor(options: ShimsOptions) {
    this.#shims = new Shims(options);
  }

  // async: what the client throws becomes a rejection.
  // eslint-disable-next-line @typescript-eslint/require-await
  async forGroup(group: string): Promise<ShimService> {
    return this.#shims.forGroup(group);
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async forRunning(group: string): Promise<ShimService> {
    return this.#shims.forRunning(group);
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async forContainer(ref: ContainerRef): Promise<ShimService> {
    return this.#shims.forContainer(ref);
  }

  list(namespace?: string): Promise<ContainerDocument[]> {
    return this.#shims.list(namespace);
  }

  attach(ref: ContainerRef | ExecRef, request: AttachRequest): Promise<Attachment> {
    const detached = new AbortController();
    const { stdin = null, stdout, stderr, primary, window, leaveStdinOpen } = request;
    return new Promise((resolve, reject) => {
      const exit = this.#shims.forContainer(ref).attach(ref, {
        stdin,
        stdout,
        stderr,
        primary,
        ...(window !== undefined && { window }),
        ...(request.onCut !== undefined && { onCut: request.onCut }),
        ...(leaveStdinOpen !== undefined && { leaveStdinOpen }),
        signal: detached.signal,
        onGap: ({ bytes }) => request.onGap(bytes),
        onReconnect: () => request.onReconnect(),
        onAttached: () => resolve({ exit, detach: () => detached.abort() }),
      });
      exit.catch(reject);
    });
  }

  recover(options: RecoverOptions): Promise<RecoverReport> {
    return this.#shims.recover(options);
  }

  metrics(groups?: readonly string[]): Promise<MetricsReport> {
    return this.#shims.metrics(groups);
  }

  upgrade(options: UpgradeOptions): Promise<UpgradedGroup[]> {
    return this.#shims.upgrade(options);
  }

  close(): void {
    this.#shims.close();
  }
}
