import type { LogGap } from '@holdfast/core/plugin';
import type { StoredRecord } from './stored-record.js';

const MISSING = 'journald did not keep them: its rate limit, a restart, or records that could not be sent in time';
const REMOVED = 'journald did not keep them, or has removed its oldest entries';

/** Finds records that are missing between others, by their numbers. */
export class GapFinder {
  #epoch: string | undefined;
  #last = 0;

  /** `fromStart`: the first record looked at should be the container's first. */
  constructor(private readonly fromStart: boolean) {}

  /** The gap before `record`, which is the next one in the journal. */
  before({ place }: StoredRecord): LogGap | undefined {
    if (place === undefined) return undefined;
    const { epoch, ordinal } = place;
    const first = this.#epoch === undefined;
    const expected = epoch === this.#epoch ? this.#last + 1 : 1;
    this.#epoch = epoch;
    this.#last = ordinal;
    const records = ordinal - expected;
    if (records <= 0 || (first && !this.fromStart)) return undefined;
    return { type: 'gap', records, reason: first ? REMOVED : MISSING };
  }
}
