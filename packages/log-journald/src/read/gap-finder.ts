import type { LogGap } from '@holdfast/core/plugin';
import type { Place, StoredRecord } from './stored-record.js';

const MISSING = 'journald did not keep them: its rate limit, a restart, or records that could not be sent in time';
const REMOVED = 'journald did not keep them, or has removed its oldest entries';

/** How many records are missing between two neighbours of the journal; `earlier` undefined: none is known. */
export function missingBetween(earlier: Place | undefined, later: Place): number {
  return Math.max(0, later.ordinal - (later.epoch === earlier?.epoch ? earlier.ordinal + 1 : 1));
}

/** Finds records that are missing between others, by their numbers. */
export class GapFinder {
  #last: Place | undefined;

  /** `fromStart`: the first record looked at should be the container's first. */
  constructor(private readonly fromStart: boolean) {}

  /** The gap before `record`, which is the next one in the journal. */
  before({ place }: StoredRecord): LogGap | undefined {
    if (place === undefined) return undefined;
    const first = this.#last === undefined;
    const records = missingBetween(this.#last, place);
    this.#last = place;
    if (records === 0 || (first && !this.fromStart)) return undefined;
    return { type: 'gap', records, reason: first ? REMOVED : MISSING };
  }
}
