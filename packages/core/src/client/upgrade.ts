import { randomUUID } from 'node:crypto';
import type { VersionDocument } from '../api/documents.js';
import type { UpgradeDocument, UpgradeRequest } from '../api/upgrade-documents.js';
import { asShimError, isShimError, ShimError, type ErrorDocument } from '../plugin/shim-error.js';
import { STATE_SCHEMA } from '../state/container-record.js';
import { keeperEnvironment } from './keeper-environment.js';
import type { CommandLine } from './start-keeper.js';

/** What `upgrade` is to do. */
export interface UpgradeOptions {
  /** These alone; all below the root whose shim runs if left out. */
  readonly groups?: readonly string[];
  /** Of the shimd that takes over. */
  readonly version: string;
  /** Replaces a shimd of the same version too. */
  readonly force: boolean;
}

/** What became of one group's shimd. `current`: it is of that version already. `not-running`: the next command starts the new one. */
export interface UpgradedGroup {
  readonly group: string;
  readonly result: 'upgraded' | 'current' | 'not-running' | 'failed';
  /** Null if none runs, or it does not say. */
  readonly from: string | null;
  readonly to: string;
  readonly error: ErrorDocument | null;
}

/** How one group is upgraded. */
export interface GroupUpgrade extends Pick<UpgradeOptions, 'version' | 'force'> {
  readonly group: string;
  readonly shimd: CommandLine;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of a group that runs: rejects with SHIM_NOT_RUNNING if it does not. */
  readonly service: {
    version(): Promise<VersionDocument>;
    upgrade(request: UpgradeRequest): Promise<UpgradeDocument>;
  };
}

/** Puts the shimd of `plan` in the place of the one that runs. Never rejects. */
export async function upgradeGroup(plan: GroupUpgrade): Promise<UpgradedGroup> {
  const { group, version: to, service } = plan;
  let from: string | null = null;
  try {
    const running = await service.version();
    from = running.version;
    checkKnows(running, group);
    const { result } = await service.upgrade(requestOf(plan));
    // Somebody else may have been faster.
    return { group, from, to, result: from === to ? result : 'upgraded', error: null };
  } catch (error) {
    if (isShimError(error) && error.code === 'SHIM_NOT_RUNNING')
      return { group, from: null, to, result: 'not-running', error: null };
    return { group, from, to, result: 'failed', error: asShimError(error).toJSON() };
  }
}

function requestOf({ version, force, shimd, environment }: GroupUpgrade): UpgradeRequest {
  return {
    ...{ requestId: randomUUID(), version, force, stateSchema: STATE_SCHEMA },
    program: shimd.program,
    args: shimd.args,
    environment: keeperEnvironment(environment),
  };
}

/** Versions that do not tell of replacements have no such call. */
function checkKnows({ version, replacements }: VersionDocument, group: string): void {
  if (replacements !== undefined) return;
  throw new ShimError(
    'SHIM_UNSUPPORTED',
    `shimd ${version} of group ${group} is too old to be upgraded while it runs`,
    {
      where: group,
      remedy: "It leaves with its group's last container, and the next command starts the installed version.",
    },
  );
}
