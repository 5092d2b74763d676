import type { ShimSettings, UpgradeDocument, UpgradeRequest } from '../api/documents.js';

/** Who this shimd is. */
export interface ShimInfo {
  readonly pid: number;
  readonly keeperPid: number;
  readonly group: string;
  readonly version: string;
  /** Path of its control API. */
  readonly socket?: string;
  /** How often the keeper had started shimd before. */
  readonly restarts?: number;
  /** In how many of these another one took over. */
  readonly replacements?: number;
  /** It has taken over from one that left for it. */
  readonly handedOver?: boolean;
  /** Left out where another can't take over. */
  readonly upgrader?: { upgrade(request: UpgradeRequest): Promise<UpgradeDocument> };
  /** Left out where nothing can be changed. */
  readonly settings?: ChangeableSettings;
}

/** What holds the settings that a running shim can change. */
export interface ChangeableSettings {
  readonly current: ShimSettings;
  /** Puts them to use and records them. */
  change(settings: ShimSettings): Promise<void>;
}

/** The time of day. */
export interface Clock {
  now(): Date;
}
