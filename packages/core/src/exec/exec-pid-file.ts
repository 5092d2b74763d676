import { writePidFile } from '../lifecycle/write-pid-file.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import type { ExecRecords } from './exec-records.js';

/** Writes the starter's pid file, if it wants one. */
export async function writeExecPidFile({ request, runtime }: ExecRecords, logger: PluginLogger): Promise<void> {
  if (request.pidFile === undefined) return;
  await writePidFile(request.pidFile, runtime.pid).catch((error: unknown) => {
    logger.error({ err: error, execId: request.execId }, 'the pid file of an exec cannot be written');
  });
}
