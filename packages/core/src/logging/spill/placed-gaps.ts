import { GapSet } from '../gaps/gap-set.js';
import type { Loss } from '../gaps/loss.js';

/** More places than this are not told apart. */
const MOST_PLACES = 256;

interface Placed {
  segment: number;
  offset: number;
  gaps: GapSet;
}

/** Losses between batches that are on disk. They are kept in memory: after a kill they are told all together. */
export class PlacedGaps {
  /** Before whatever is read next. */
  readonly first = new GapSet();
  readonly #placed: Placed[] = [];

  /** Right before the frame at `offset`. */
  put(segment: number, offset: number, gaps: GapSet | undefined): void {
    if (gaps === undefined || gaps.empty) return;
    const last = this.#placed.at(-1);
    if (last !== undefined && this.#placed.length >= MOST_PLACES) last.gaps.addAll(gaps);
    else this.#placed.push({ segment, offset, gaps });
  }

  /** Those that are to be told before the frame at `offset`, with all that come before them. */
  upTo(segment: number, offset: number): GapSet {
    while (this.#placed[0] !== undefined && isUpTo(this.#placed[0], segment, offset))
      this.first.addAll(this.#placed.shift()!.gaps);
    return this.first;
  }

  /** The segment is not read: its gaps, and its records, are told before what is behind it. */
  move(segment: number, losses: readonly Loss[]): void {
    const gaps = new GapSet();
    const own = this.#placed.filter((placed) => placed.segment === segment);
    for (const placed of own) gaps.addAll(placed.gaps);
    for (const loss of losses) gaps.add(loss);
    const rest = this.#placed.filter((placed) => placed.segment !== segment);
    const at = rest.findIndex((placed) => placed.segment > segment);
    rest.splice(at === -1 ? rest.length : at, 0, { segment: segment + 1, offset: 0, gaps });
    this.#placed.splice(0, this.#placed.length, ...rest);
  }
}

function isUpTo(placed: Placed, segment: number, offset: number): boolean {
  return placed.segment < segment || (placed.segment === segment && placed.offset <= offset);
}
