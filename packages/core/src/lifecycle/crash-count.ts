import type { ContainerRef } from '../api/documents.js';
import type { ResolvedLog } from '../config/container-config.js';
import type { DriverUse } from '../logging/log-factory.js';
import type { LogFanout } from '../logging/log-fanout.js';
import { ShimError } from '../plugin/shim-error.js';
import { containerKey } from '../state/container-key.js';
import type { ContainerRecords } from '../state/container-records.js';

/** So many deaths of shimd in a row, and third parties' log drivers are held to be the cause. */
const MOST_CRASHES = 3;
/** A shimd that has lived so long has not died of them. */
const SURVIVED_MS = 30_000;

/**
 * Which log drivers a container of an earlier shimd gets. A driver of a third party runs in shimd and may take it down, with all
 * containers of the group, each time it is opened or given a record: after a few times it is left out, and its records are counted as lost.
 */
export async function driversAfterRestart(records: ContainerRecords): Promise<DriverUse> {
  if (!records.request.config.logs.some(isSuspect) || records.exit?.drained === true) return 'present';
  const crashes = (records.runtime.crashes ?? 0) + 1;
  await records.update({ crashes });
  if (crashes >= MOST_CRASHES) return 'built-in';
  const forgive = (): void => void records.update({ crashes: 0 }).catch(() => undefined);
  setTimeout(forgive, SURVIVED_MS).unref();
  return 'present';
}

function isSuspect({ path, isolate = 'none' }: ResolvedLog): boolean {
  return path !== null && isolate === 'none';
}

/** Opens the logs of a new container. Which third party's driver is being opened is recorded: shimd may go down with it. */
export async function openNoted(logs: Pick<LogFanout, 'open'>, records: ContainerRecords): Promise<void> {
  await logs.open(async (index) => {
    const log = records.request.config.logs[index];
    const opening = log !== undefined && isSuspect(log) ? index : undefined;
    if (opening !== records.runtime.opening) await records.update({ opening });
  });
  const { opening, crashes } = records.runtime;
  if (opening !== undefined || crashes !== undefined) await records.update({ opening: undefined, crashes: 0 });
}

interface OpenDeath {
  readonly requestId: string;
  readonly crashes: number;
  readonly error: ShimError;
}

/**
 * Creates that an earlier shimd died of as it opened a log driver. Nothing is left of them but this: their clients ask again, and would
 * be the end of each shimd in turn.
 */
export class OpenDeaths {
  readonly #deaths = new Map<string, OpenDeath>();

  /** A create that is given up. */
  remember(records: ContainerRecords): void {
    const { request, runtime } = records;
    const { opening, crashes = 0 } = runtime;
    const log = opening === undefined ? undefined : request.config.logs[opening];
    if (log === undefined) return;
    const message = `the log driver ${log.plugin} took shimd down ${crashes} times as the container was created: its "open" ends the process`;
    const error = new ShimError('SHIM_PLUGIN_FAILED', message, {
      where: `logs[${opening}] (${log.path})`,
      remedy: 'Mend the driver, choose another one, or have it run apart: "isolate": "process".',
    });
    this.#deaths.set(containerKey(request), { requestId: request.requestId, crashes, error });
  }

  /** How often shimd has died of this request. Throws SHIM_PLUGIN_FAILED if that was often enough. */
  count(request: ContainerRef & { readonly requestId: string }): number | undefined {
    const death = this.#deaths.get(containerKey(request));
    if (death?.requestId !== request.requestId) this.#deaths.delete(containerKey(request));
    else if (death.crashes >= MOST_CRASHES) throw death.error;
    else return death.crashes;
    return undefined;
  }
}
