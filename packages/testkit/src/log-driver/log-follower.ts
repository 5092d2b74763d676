import type { LogDriver, LogEntry, LogGap, LogQuery } from '@holdfast/core/plugin';
import { within } from '../suite/until.js';
import { itemText } from './texts.js';

/** Somebody who follows a log. */
export class LogFollower {
  readonly #noMore = new AbortController();
  readonly #leave = new AbortController();
  readonly #items: AsyncIterator<LogEntry | LogGap>;

  constructor(driver: LogDriver, query: LogQuery = {}) {
    const items = driver.read?.({ ...query, follow: this.#noMore.signal }, this.#leave.signal);
    if (items === undefined) throw new Error('the driver has no read');
    this.#items = items[Symbol.asyncIterator]();
  }

  /** The next record as text, with its newline; undefined at the end. */
  async next(): Promise<string | undefined> {
    const result = await within('the next record of a followed log', this.#items.next(), 15_000);
    return result.done === true ? undefined : itemText(result.value);
  }

  /** The text of the next records, until it is at least as long as `length`. */
  async text(length: number): Promise<string> {
    let text = '';
    while (text.length < length) {
      const next = await this.next();
      if (next === undefined) break;
      text += next;
    }
    return text;
  }

  /** Says that no more will be written, and reads what is left. */
  async rest(): Promise<string> {
    this.#noMore.abort();
    return this.text(Infinity);
  }

  /** Goes away in the middle. */
  leave(): void {
    this.#leave.abort();
  }
}
