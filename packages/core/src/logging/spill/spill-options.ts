import type { DriverCounters } from '../../metrics/counters.js';
import type { PluginLogger } from '../../plugin/plugin-context.js';
import type { DriverAccount } from '../pending/driver-account.js';
import type { SegmentFiles } from './segment-files.js';

/** What a spill needs. */
export interface SpillOptions {
  readonly files: SegmentFiles;
  readonly account: DriverAccount;
  readonly counters: DriverCounters;
  readonly logger: PluginLogger;
  /** Bytes of memory for what is on its way to the disk. */
  readonly memoryBytes: number;
  /** Bytes on disk. */
  readonly diskBytes: number;
  /** Longest wait for one answer of the disk. */
  readonly timeoutMs: number;
}
