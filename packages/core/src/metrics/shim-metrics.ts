import { inject, injectable } from 'tsyringe';
import type { ContainerStatus } from '../api/documents.js';
import { CONTAINERS, REAPER, SHIM_COUNTERS, SHIM_INFO } from '../di/tokens.js';
import type { Containers } from '../lifecycle/containers.js';
import type { ShimInfo } from '../lifecycle/shim-info.js';
import type { Reaper } from '../reaper/reaper.js';
import { addContainer } from './container-metrics.js';
import { addEventLoop } from './event-loop.js';
import { Exposition } from './exposition.js';
import { addProcess } from './process-metrics.js';
import type { ShimCounters } from './shim-counters.js';

const STATES: readonly ContainerStatus[] = ['creating', 'created', 'running', 'paused', 'stopped', 'unknown'];

/** Counts and measures when it is asked, and costs nothing in between. */
@injectable()
export class ShimMetrics {
  constructor(
    @inject(CONTAINERS) private readonly containers: Containers,
    @inject(SHIM_INFO) private readonly info: ShimInfo,
    @inject(REAPER) private readonly reaper: Reaper,
    @inject(SHIM_COUNTERS) private readonly counters: ShimCounters,
  ) {}

  /** Prometheus' text format 0.0.4. Of containers that have ended nothing is told one by one: there may be very many. */
  async text(): Promise<string> {
    const { group } = this.info;
    const exposition = new Exposition({ group });
    await addEventLoop(exposition);
    addProcess(exposition);
    this.#addShim(exposition);
    for (const container of this.containers.living)
      addContainer(exposition, {
        ref: container.records.request,
        counters: container.counters,
        lost: container.losses.document(),
      });
    return exposition.text();
  }

  #addShim(to: Exposition): void {
    const { version, restarts = 0, replacements = 0 } = this.info;
    to.add('holdfast_build_info', 1, { version, node: process.version });
    for (const state of STATES) to.add('holdfast_containers', 0, { state });
    for (const state of this.containers.statuses()) to.add('holdfast_containers', 1, { state });
    to.add('holdfast_shimd_restarts_total', restarts);
    to.add('holdfast_shimd_replacements_total', replacements);
    const { tracked, orphan } = this.reaper.reaped;
    to.add('holdfast_reaped_processes_total', tracked, { kind: 'tracked' });
    to.add('holdfast_reaped_processes_total', orphan, { kind: 'orphan' });
    to.add('holdfast_lost_records_total', this.counters.lostRecords);
    to.add('holdfast_lost_bytes_total', this.counters.lostBytes);
  }
}
