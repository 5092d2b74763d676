import type { ContainerRef, LostDocument } from '../api/documents.js';
import type { ContainerCounters, DriverCounters } from './counters.js';
import type { Exposition, Labels } from './exposition.js';

/** What is told of one container. */
export interface CountedContainer {
  readonly ref: ContainerRef;
  readonly counters: ContainerCounters;
  readonly lost: LostDocument;
}

export function addContainer(to: Exposition, { ref, counters, lost }: CountedContainer): void {
  const labels = { namespace: ref.namespace, container: ref.id };
  for (const [stream, { bytes, records }] of Object.entries(counters.streams)) {
    to.add('holdfast_container_log_bytes_total', bytes, { ...labels, stream });
    to.add('holdfast_container_log_records_total', records, { ...labels, stream });
  }
  to.summary('holdfast_container_exec_start_seconds', { count: counters.execs, seconds: counters.execSeconds }, labels);
  for (const [driver, counted] of counters.drivers) addDriver(to, counted, { ...labels, driver });
  for (const [driver, byDriver] of Object.entries(lost.byDriver))
    for (const cause of byDriver.causes ?? []) {
      const where = { ...labels, driver, stream: cause.stream ?? 'unknown', reason: cause.reason };
      to.add('holdfast_container_lost_records_total', cause.records, where);
      to.add('holdfast_container_lost_bytes_total', cause.bytes, where);
    }
}

function addDriver(to: Exposition, counters: DriverCounters, labels: Labels): void {
  const { writes, writeSeconds, flushes, flushSeconds } = counters;
  to.add('holdfast_log_driver_records_total', counters.records, labels);
  to.add('holdfast_log_driver_bytes_total', counters.bytes, labels);
  to.add('holdfast_log_driver_queue_records', counters.queuedRecords, labels);
  to.add('holdfast_log_driver_queue_bytes', counters.queuedBytes, labels);
  to.add('holdfast_log_driver_spilled_bytes', counters.spilledBytes, labels);
  to.summary('holdfast_log_driver_write_seconds', { count: writes, seconds: writeSeconds }, labels);
  to.summary('holdfast_log_driver_flush_seconds', { count: flushes, seconds: flushSeconds }, labels);
  to.add('holdfast_log_driver_failures_total', counters.failures, labels);
  to.add('holdfast_log_driver_restarts_total', counters.restarts, labels);
}
