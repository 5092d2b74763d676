import { ShimError, type LogDriver, type LogQuery } from '@holdfast/core/plugin';
import { inspectKnown, type CommandContext, type Target } from './context.js';
import type { RecordWriter } from './output/record-writer.js';

/** A log driver that reads back. */
export type LogReader = Required<Pick<LogDriver, 'read'>>;

/** The reader of a container's logs. Rejects with SHIM_UNSUPPORTED if none of its drivers can. */
export async function openReader({ environment }: CommandContext, target: Target): Promise<LogReader> {
  const document = await inspectKnown(target);
  const driver = await environment.services.openLogReader(document, target.config);
  if (driver?.read !== undefined) return driver as LogReader;
  const drivers = document.logs.map((log) => log.driver).join(', ');
  throw new ShimError(
    'SHIM_UNSUPPORTED',
    drivers === '' ? 'the container keeps no logs' : `none of its log drivers can be read back: ${drivers}`,
    { where: target.ref.id, remedy: 'Run the container with a log driver that reads back, such as --log file.' },
  );
}

/** Which records go where. */
export interface Copy {
  readonly reader: LogReader;
  readonly query: LogQuery;
  readonly writer: Pick<RecordWriter, 'push' | 'flush'>;
}

/** Writes what is read, until it ends or `stop` says so. */
export async function copyRecords({ reader, query, writer }: Copy, stop: AbortSignal): Promise<void> {
  try {
    for await (const item of reader.read(query, stop)) {
      if (stop.aborted) break;
      await writer.push(item);
    }
  } finally {
    await writer.flush();
  }
}
