import { mergeLosses, type Loss } from './loss.js';

/** Reasons are few; one that holds a number that always changes must not fill a log with gaps. */
const MOST_GAPS = 8;
const OTHER = 'other';

/** Losses at one place of a log that are to be told there: one for each stream and reason, and a bounded number of them. */
export class GapSet {
  readonly #losses: Loss[] = [];

  get empty(): boolean {
    return this.#losses.length === 0;
  }

  add(loss: Loss): void {
    if (loss.records === 0) return;
    if (this.#merge(loss)) return;
    const own = this.#losses.filter(({ stream }) => stream === loss.stream);
    if (own.length < MOST_GAPS) this.#losses.push(loss);
    else this.#replace(own.at(-1)!, loss, OTHER);
  }

  addAll(other: GapSet | undefined): void {
    for (const loss of other?.take() ?? []) this.add(loss);
  }

  /** All of them; they are the caller's from here on. */
  take(): Loss[] {
    return this.#losses.splice(0);
  }

  #merge(loss: Loss): boolean {
    const same = this.#losses.find(({ stream, reason }) => stream === loss.stream && reason === loss.reason);
    if (same !== undefined) this.#replace(same, loss, loss.reason);
    return same !== undefined;
  }

  #replace(known: Loss, loss: Loss, reason: string): void {
    this.#losses[this.#losses.indexOf(known)] = mergeLosses(known, loss, reason);
  }
}
