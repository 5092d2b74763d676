import type { ContainerDocument, ContainerRef } from '../api/documents.js';
import type { ErrorDocument } from '../plugin/shim-error.js';
import { asShimError } from '../plugin/shim-error.js';
import type { StateLayout } from '../state/layout.js';
import type { LocatedContainer } from './locate.js';
import { clearLeftovers, findLeftovers, type Leftover } from './leftovers.js';

/** What `recover` is to do. */
export interface RecoverOptions {
  /** These alone, and nothing is cleared away; all of the root if left out. */
  readonly containers?: readonly ContainerRef[];
  /** Says what would be done; starts and removes nothing. */
  readonly dryRun: boolean;
}

/**
 * `ok`: its shim was there. `recovered`: its shim was brought back, or its state has been mended and its shim has taken it up. `unknown-exit`: it has ended and nobody can know its code.
 * `broken`: it can't be taken up. `pending` (dry run): its shim would be brought back.
 */
export type RecoverResult = 'ok' | 'recovered' | 'unknown-exit' | 'broken' | 'pending';

export interface RecoveredContainer extends ContainerRef {
  readonly group: string;
  readonly result: RecoverResult;
  /** Null while its shim was not asked. */
  readonly status: ContainerDocument['status'] | null;
  readonly error: ErrorDocument | null;
}

export interface RecoverReport {
  readonly containers: readonly RecoveredContainer[];
  /** What was nobody's; removed unless it was a dry run. */
  readonly leftovers: readonly Leftover[];
}

/** How a group is reached. */
export interface GroupAccess {
  readonly layout: StateLayout;
  /** True if somebody serves the group now. */
  serves(group: string): Promise<boolean>;
  /** Has a shimd that dies again and again tried at once; resolves when that is decided. */
  hurry(group: string): Promise<void>;
  /** The group's containers; starts its keeper if need be. */
  list(group: string): Promise<ContainerDocument[]>;
  /** Has a shim that serves look again at a container that it could not take up. */
  again(group: string, ref: ContainerRef): Promise<ContainerDocument>;
}

/** Makes the shims of all these containers come back. Rejects only if the root can't be read. */
export async function recover(
  access: GroupAccess,
  located: readonly LocatedContainer[],
  { containers, dryRun }: RecoverOptions,
): Promise<RecoverReport> {
  const chosen = located.filter(
    (one) => containers === undefined || containers.some((ref) => ref.namespace === one.namespace && ref.id === one.id),
  );
  const recovered: RecoveredContainer[] = [];
  for (const group of new Set(chosen.map((one) => one.group))) {
    const members = chosen.filter((one) => one.group === group);
    if (group === undefined) recovered.push(...members.map(unreadable));
    else recovered.push(...(await recoverGroup(access, group, { members, dryRun })));
  }
  if (containers !== undefined) return { containers: recovered, leftovers: [] };
  const groups = new Set(located.flatMap(({ group }) => group ?? []));
  const { layout } = access;
  const leftovers = dryRun ? await findLeftovers(layout, groups) : await clearLeftovers(layout, groups);
  return { containers: recovered, leftovers };
}

async function recoverGroup(
  access: GroupAccess,
  group: string,
  { members, dryRun }: { members: readonly LocatedContainer[]; dryRun: boolean },
): Promise<RecoveredContainer[]> {
  const served = await access.serves(group);
  const refs = members.map(({ namespace, id }) => ({ namespace, id, group }));
  if (dryRun && !served) return refs.map((ref) => ({ ...ref, result: 'pending', status: null, error: null }));
  try {
    await access.hurry(group);
    const documents = await access.list(group);
    const recovered: RecoveredContainer[] = [];
    for (const ref of refs) {
      const document = documents.find(({ namespace, id }) => namespace === ref.namespace && id === ref.id);
      // Gone meanwhile: it removed itself, or its shim has finished to delete it.
      if (document === undefined) continue;
      const again = served && !dryRun && document.status === 'unknown';
      // A shim of an older version can't look again.
      const now = again ? await access.again(group, ref).catch(() => document) : document;
      recovered.push({ ...ref, ...outcome(now, served && !again) });
    }
    return recovered;
  } catch (error) {
    const shown = asShimError(error).toJSON();
    return refs.map((ref) => ({ ...ref, result: 'broken', status: null, error: shown }));
  }
}

function outcome(
  { status, exitCode, error }: ContainerDocument,
  served: boolean,
): Omit<RecoveredContainer, keyof ContainerRef | 'group'> {
  if (status === 'unknown') return { result: 'broken', status, error };
  if (status === 'stopped' && exitCode === null) return { result: 'unknown-exit', status, error };
  return { result: served ? 'ok' : 'recovered', status, error };
}

function unreadable({ namespace, id, error }: LocatedContainer): RecoveredContainer {
  return { namespace, id, group: '', result: 'broken', status: 'unknown', error: error?.toJSON() ?? null };
}
