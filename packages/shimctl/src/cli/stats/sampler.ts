import type { ContainerRef, StatsDocument } from '@holdfast/core/client';
import { isShimError, type ErrorCode } from '@holdfast/core/plugin';
import type { CliShims } from '../services.js';
import { rate, type RatedStats } from './rates.js';

/** What a container that has ended meanwhile answers with. */
const ENDED: readonly ErrorCode[] = ['SHIM_ILLEGAL_STATE', 'SHIM_CONTAINER_NOT_FOUND'];

export interface SamplerOptions {
  readonly namespace: string;
  /** None: all containers that run, those that come later too. */
  readonly ids: readonly string[];
  /** Those of this group alone. */
  readonly group?: string | undefined;
}

/** Reads the counters of containers again and again. */
export class Sampler {
  #before = new Map<string, StatsDocument>();
  /** Named containers that have not ended. */
  #named: readonly string[];
  #first = true;

  constructor(
    private readonly shims: CliShims,
    private readonly options: SamplerOptions,
  ) {
    this.#named = [...new Set(options.ids)];
  }

  /** True once every container that was named has ended. */
  get over(): boolean {
    return this.options.ids.length > 0 && this.#named.length === 0;
  }

  /** In the order of the ids. Rejects if a container that was named does not run at the first time. */
  async sample(): Promise<RatedStats[]> {
    const { namespace, ids } = this.options;
    const wanted = ids.length > 0 ? this.#named : await this.#running();
    const mustRun = this.#first && ids.length > 0;
    const found = await Promise.all(wanted.map((id) => this.#read({ namespace, id }, mustRun)));
    const rated = found
      .filter((stats) => stats !== undefined)
      .map((stats) => rate(stats, this.#before.get(stats.instance)));
    this.#before = new Map(rated.map((stats) => [stats.instance, stats]));
    if (ids.length > 0) this.#named = this.#named.filter((_id, i) => found[i] !== undefined);
    this.#first = false;
    return rated;
  }

  async #running(): Promise<string[]> {
    const { namespace, group } = this.options;
    const documents = await this.shims.list(namespace);
    return documents
      .filter(({ status }) => status === 'running' || status === 'paused')
      .filter(({ shim }) => group === undefined || shim.group === group)
      .map(({ id }) => id)
      .sort();
  }

  async #read(ref: ContainerRef, mustRun: boolean): Promise<StatsDocument | undefined> {
    try {
      return await (await this.shims.forContainer(ref)).stats(ref);
    } catch (error) {
      if (!mustRun && isShimError(error) && ENDED.includes(error.code)) return undefined;
      throw error;
    }
  }
}
