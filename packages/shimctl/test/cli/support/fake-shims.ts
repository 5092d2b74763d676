import type {
  ContainerDocument,
  ContainerRef,
  ExecRef,
  ExitDocument,
  MetricsReport,
  RecoverOptions,
  RecoverReport,
  ShimService,
  UpgradedGroup,
  UpgradeOptions,
} from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import type { Attachment, AttachRequest, CliShims } from '../../../src/cli/services.js';
import type { FakeService } from './fake-service.js';

/** Shims that all are one service, and attach to a process that the test plays. */
export class FakeShims implements CliShims {
  readonly groups: string[] = [];
  /** Refs that were attached to, with what for. */
  readonly attached: { ref: ContainerRef | ExecRef; request: AttachRequest }[] = [];
  readonly recoveries: RecoverOptions[] = [];
  recoverReport: RecoverReport = { containers: [], leftovers: [] };
  /** Groups whose metrics were asked for. */
  readonly measured: (readonly string[] | undefined)[] = [];
  metricsReport: MetricsReport = { text: '', failures: [] };
  readonly upgrades: UpgradeOptions[] = [];
  upgraded: UpgradedGroup[] = [];
  detached = 0;
  closed = 0;
  forContainerFailure: Error | undefined;
  attachFailure: Error | undefined;
  /** The process: writes to the streams it is given and ends. */
  process: (request: AttachRequest) => Promise<ExitDocument>;

  constructor(readonly service: FakeService) {
    this.process = () => Promise.resolve(service.exit);
  }

  forGroup(group: string): Promise<ShimService> {
    this.groups.push(group);
    return Promise.resolve(this.service);
  }

  forRunning(group: string): Promise<ShimService> {
    return this.forGroup(group);
  }

  forContainer(ref: ContainerRef): Promise<ShimService> {
    if (this.forContainerFailure !== undefined) return Promise.reject(this.forContainerFailure);
    if (this.service.documents.has(ref.id)) return Promise.resolve(this.service);
    const message = `there is no container ${ref.id} in namespace ${ref.namespace}`;
    return Promise.reject(new ShimError('SHIM_CONTAINER_NOT_FOUND', message, { where: ref.id }));
  }

  list(namespace?: string): Promise<ContainerDocument[]> {
    return Promise.resolve(
      [...this.service.documents.values()].filter(
        (document) => namespace === undefined || document.namespace === namespace,
      ),
    );
  }

  attach(ref: ContainerRef | ExecRef, request: AttachRequest): Promise<Attachment> {
    this.attached.push({ ref, request });
    this.service.calls.push(['attach', ref]);
    if (this.attachFailure !== undefined) return Promise.reject(this.attachFailure);
    const exit = this.process(request);
    return Promise.resolve({ exit, detach: () => (this.detached += 1) });
  }

  recover(options: RecoverOptions): Promise<RecoverReport> {
    this.recoveries.push(options);
    return Promise.resolve(this.recoverReport);
  }

  metrics(groups?: readonly string[]): Promise<MetricsReport> {
    this.measured.push(groups);
    return Promise.resolve(this.metricsReport);
  }

  upgrade(options: UpgradeOptions): Promise<UpgradedGroup[]> {
    this.upgrades.push(options);
    return Promise.resolve(this.upgraded);
  }

  close(): void {
    this.closed += 1;
  }
}
