import type { DriverUse } from '../logging/log-factory.js';
import type { ContainerRecords } from '../state/container-records.js';

/** So many deaths of shimd in a row, and third parties' log drivers are held to be the cause. */
const MOST_CRASHES = 3;
/** A shimd that has lived so long has not died of them. */
const SURVIVED_MS = 30_000;

/**
 * Which log drivers a container of an earlier shimd gets. A driver of a third party runs in shimd and may take it down, with all
 * containers of the group, each time it is given a record: after a few times it is left out, and its records are counted as lost.
 */
export async function driversAfterRestart(records: ContainerRecords): Promise<DriverUse> {
  const suspects = records.request.config.logs.some((log) => log.path !== null);
  if (!suspects || records.exit?.drained === true) return 'present';
  const crashes = (records.runtime.crashes ?? 0) + 1;
  await records.update({ crashes });
  if (crashes > MOST_CRASHES) return 'built-in';
  const forgive = (): void => void records.update({ crashes: 0 }).catch(() => undefined);
  setTimeout(forgive, SURVIVED_MS).unref();
  return 'present';
}
