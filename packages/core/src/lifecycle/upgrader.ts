import type { UpgradeDocument, UpgradeRequest } from '../api/upgrade-documents.js';
import { faultPoint } from '../faults/fault-point.js';
import { FIRST_PROTOCOL_VERSION } from '../keeper/messages.js';
import type { Keeper, KeeperWelcome } from '../keeper/keeper.js';
import { ShimError } from '../plugin/shim-error.js';
import { describeEnd } from '../reaper/exit-status.js';
import { STATE_SCHEMA } from '../state/container-record.js';

/** How long a new shimd may take until it serves: it takes up every container of the group first. */
const TRIAL_MS = 30_000;

export interface UpgraderOptions {
  readonly keeper: Pick<Keeper, 'replace'>;
  readonly welcome: Pick<KeeperWelcome, 'version' | 'pid' | 'replacement'>;
  /** Of this shimd. */
  readonly version: string;
  readonly group: string;
  /** Arguments that any shimd in the place of this one gets too, unless its own name a front end. */
  readonly kept?: readonly string[];
  /** Ends this process, in order. */
  readonly letGo: () => void;
}

/** Puts another shimd in the place of this one. */
export class Upgrader {
  #underway = false;

  constructor(private readonly options: UpgraderOptions) {}

  /**
   * Resolves for a request that led to this shimd, and for one that asks for its version. Else the keeper is told of the other
   * shimd and this process ends: the answer is the next one's. Rejects with SHIM_UPGRADE_FAILED if it came to this one again,
   * SHIM_STATE_NEWER, SHIM_UNSUPPORTED or SHIM_UNAVAILABLE.
   */
  async upgrade(request: UpgradeRequest): Promise<UpgradeDocument> {
    const { version } = this.options;
    if (this.#came(request.requestId)) return { result: 'upgraded', version };
    if (request.version === version && !request.force) return { result: 'current', version };
    this.#check(request);
    this.#underway = true;
    await this.#replace(request).catch((error: unknown) => {
      this.#underway = false;
      throw error;
    });
    faultPoint('upgrade-offered');
    this.options.letGo();
    // The connection is cut with this process.
    return new Promise(() => undefined);
  }

  /** Whether this shimd is what the request asked for. Throws if that was tried in vain. */
  #came(requestId: string): boolean {
    const { replacement } = this.options.welcome;
    if (replacement?.tag !== requestId) return false;
    if (replacement.outcome !== 'failed') return true;
    const { version, group } = this.options;
    const how = describeEnd(replacement.waitStatus);
    const message = `the new shimd of group ${group} ${how} before it served; the keeper has gone back to ${version}, which serves`;
    throw new ShimError('SHIM_UPGRADE_FAILED', message, { where: group });
  }

  #check({ version: to, stateSchema }: UpgradeRequest): void {
    const { version, group, welcome } = this.options;
    if (this.#underway) throw new ShimError('SHIM_UNAVAILABLE', 'this shimd is leaving for another');
    if (stateSchema < STATE_SCHEMA) {
      const message = `shimd ${version} of group ${group} writes state of schema ${STATE_SCHEMA}, and ${to} reads up to ${stateSchema}: it could take up no container`;
      throw new ShimError('SHIM_STATE_NEWER', message, { where: group });
    }
    if (welcome.version > FIRST_PROTOCOL_VERSION) return;
    const message = `the keeper of group ${group} (pid ${welcome.pid}) is of an older version, whose protocol (${welcome.version}) knows no upgrade`;
    throw new ShimError('SHIM_UNSUPPORTED', message, {
      where: group,
      remedy: "A keeper leaves with its group's last container; the next command starts a new one.",
    });
  }

  async #replace({ requestId, program, args, environment }: UpgradeRequest): Promise<void> {
    faultPoint('upgrade-asked');
    const { kept = [] } = this.options;
    // Whoever asks may know nothing of this shim's front ends.
    const argv = [program, ...args, ...(args.includes('--front-end') ? [] : kept)];
    await this.options.keeper.replace({ tag: requestId, patienceMs: TRIAL_MS, argv, env: environment });
  }
}
