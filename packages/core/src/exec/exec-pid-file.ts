import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writePidFile } from '../lifecycle/write-pid-file.js';
import { ShimError } from '../plugin/shim-error.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import type { ExecRecords } from './exec-records.js';

/** Rejects with SHIM_IO if a pid file could not be written: later the process runs. */
export async function checkPidFile(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  try {
    await access(dirname(path), constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new ShimError('SHIM_IO', `cannot write the pid file ${path}: ${(cause as Error).message}`, {
      where: path,
      cause,
    });
  }
}

/** Writes the starter's pid file, if it wants one. */
export async function writeExecPidFile({ request, runtime }: ExecRecords, logger: PluginLogger): Promise<void> {
  if (request.pidFile === undefined) return;
  await writePidFile(request.pidFile, runtime.pid).catch((error: unknown) => {
    logger.error({ err: error, execId: request.execId }, 'the pid file of an exec cannot be written');
  });
}
