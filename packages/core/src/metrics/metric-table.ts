import { UP } from './up.js';

/** What a metric is, for `HELP` and `TYPE` and for docs/metrics.md. */
export interface MetricDescription {
  /** A summary is a sum and a count, without quantiles. */
  readonly type: 'counter' | 'gauge' | 'summary';
  readonly help: string;
  /** Beside `group`, which all have. */
  readonly labels: readonly string[];
}

const CONTAINER = ['namespace', 'container'] as const;
const STREAM = [...CONTAINER, 'stream'] as const;
const DRIVER = [...CONTAINER, 'driver'] as const;
const LOSS = [...DRIVER, 'stream', 'reason'] as const;

/** Every metric of holdfast, in the order in which they are shown. */
export const METRICS = {
  holdfast_up: UP,
  holdfast_build_info: { type: 'gauge', help: 'Always 1; who answers is in the labels.', labels: ['version', 'node'] },
  holdfast_containers: { type: 'gauge', help: 'Containers by state.', labels: ['state'] },
  holdfast_shimd_restarts_total: {
    type: 'counter',
    help: 'How often the keeper had to start shimd again.',
    labels: [],
  },
  holdfast_shimd_replacements_total: {
    type: 'counter',
    help: 'How often another shimd took over by an upgrade.',
    labels: [],
  },
  holdfast_reaped_processes_total: {
    type: 'counter',
    help: 'Processes whose exit the keeper told: those that were waited for, and orphans.',
    labels: ['kind'],
  },
  holdfast_lost_records_total: {
    type: 'counter',
    help: 'Log records that did not reach a driver, of all containers, those that have gone too.',
    labels: [],
  },
  holdfast_lost_bytes_total: { type: 'counter', help: 'Bytes of these records.', labels: [] },
  holdfast_event_loop_delay_seconds: {
    type: 'gauge',
    help: 'One round trip through the event loop of shimd, measured for this answer.',
    labels: [],
  },
  holdfast_event_loop_active_seconds_total: {
    type: 'counter',
    help: 'Time that the event loop of shimd had something to do.',
    labels: [],
  },
  holdfast_event_loop_idle_seconds_total: {
    type: 'counter',
    help: 'Time that the event loop of shimd waited.',
    labels: [],
  },
  holdfast_process_cpu_seconds_total: { type: 'counter', help: 'CPU time of shimd.', labels: [] },
  holdfast_process_resident_memory_bytes: { type: 'gauge', help: 'Memory of shimd.', labels: [] },
  holdfast_process_heap_bytes: { type: 'gauge', help: 'JavaScript heap of shimd that is in use.', labels: [] },
  holdfast_process_open_fds: { type: 'gauge', help: 'Open descriptors of shimd.', labels: [] },
  holdfast_process_max_fds: { type: 'gauge', help: 'Descriptors that shimd may have open.', labels: [] },
  holdfast_process_start_time_seconds: {
    type: 'gauge',
    help: 'When shimd was started, since the epoch.',
    labels: [],
  },
  holdfast_container_log_bytes_total: {
    type: 'counter',
    help: 'Bytes that the container wrote and that were passed to its log drivers.',
    labels: STREAM,
  },
  holdfast_container_log_records_total: {
    type: 'counter',
    help: 'Log records of the container; a line that was cut counts once for each part.',
    labels: STREAM,
  },
  holdfast_container_lost_records_total: {
    type: 'counter',
    help: 'Log records that a driver did not get; of the driver "stdio", lines that no reader of forwarded output took.',
    labels: LOSS,
  },
  holdfast_container_lost_bytes_total: { type: 'counter', help: 'Bytes of these records.', labels: LOSS },
  holdfast_container_exec_start_seconds: {
    type: 'summary',
    help: 'Exec sessions that were started, and the time until the runtime had started them.',
    labels: CONTAINER,
  },
  holdfast_log_driver_records_total: { type: 'counter', help: 'Log records that the driver took.', labels: DRIVER },
  holdfast_log_driver_bytes_total: { type: 'counter', help: 'Bytes of these records.', labels: DRIVER },
  holdfast_log_driver_queue_records: { type: 'gauge', help: 'Log records that wait for the driver.', labels: DRIVER },
  holdfast_log_driver_queue_bytes: { type: 'gauge', help: 'Bytes in memory that wait for the driver.', labels: DRIVER },
  holdfast_log_driver_spilled_bytes: {
    type: 'gauge',
    help: 'Bytes on disk that wait for the driver.',
    labels: DRIVER,
  },
  holdfast_log_driver_write_seconds: { type: 'summary', help: 'Writes of the driver that came back.', labels: DRIVER },
  holdfast_log_driver_flush_seconds: { type: 'summary', help: 'Flushes of the driver.', labels: DRIVER },
  holdfast_log_driver_failures_total: {
    type: 'counter',
    help: 'Calls of the driver that failed or did not come back in time.',
    labels: DRIVER,
  },
  holdfast_log_driver_restarts_total: {
    type: 'counter',
    help: 'How often the thread or process of the driver was started again.',
    labels: DRIVER,
  },
} as const satisfies Record<`holdfast_${string}`, MetricDescription>;

/** A name in {@link METRICS}. */
export type MetricName = keyof typeof METRICS;
