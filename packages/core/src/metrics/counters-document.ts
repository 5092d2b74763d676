import type { CountersDocument, DriverDocument, OutputDocument } from '../api/documents.js';
import type { ContainerCounters, DriverCounters } from './counters.js';

/** As `inspect` shows it. */
export function countersDocument({ streams, drivers, execs }: ContainerCounters): CountersDocument {
  return {
    output: outputDocument(streams),
    drivers: Object.fromEntries([...drivers].map(([name, counters]) => [name, driverDocument(counters)])),
    execs,
  };
}

export function outputDocument({ stdout, stderr }: ContainerCounters['streams']): OutputDocument {
  return { stdout: { ...stdout }, stderr: { ...stderr } };
}

function driverDocument(counters: DriverCounters): DriverDocument {
  const { records, bytes, queuedRecords, queuedBytes, spilledBytes, failures, restarts } = counters;
  return { records, bytes, queuedRecords, queuedBytes, spilledBytes, failures, restarts };
}
