import type { LogBatch, LogLoss, PluginLogger } from '@holdfast/core/plugin';
import type { RecordSource } from '../encode/record-source.js';
import type { ReadableRecord, Serializer } from '../encode/serializer.js';
import type { Settings } from '../options/settings.js';
import type { Collector } from './collector.js';
import type { Deadline } from './deadline.js';
import { outcomeOf, type Outcome } from './outcome.js';
import { Pieces } from './pieces.js';

export type Later = Extract<Outcome, { kind: 'later' }>;
export type Lasting = Exclude<Outcome, { kind: 'later' }>;

/** What became of a batch. */
export interface Delivery {
  /** The last ones of the batch: not taken, and may be sent again. */
  readonly unsent: number;
  /** Why; given if some are unsent. */
  readonly later?: Later;
  /** Of those before: refused for good. */
  readonly lost: number;
  /** Why the last of them were. */
  readonly refusal?: Lasting;
}

/** What a sender is made of. */
export interface SenderParts {
  readonly collector: Collector;
  readonly serializer: Serializer;
  readonly source: RecordSource;
  readonly settings: Settings;
  readonly logger: PluginLogger;
}

/** Sends records in order, one request at a time, and says exactly which were taken. */
export class Sender {
  readonly #pieces = new Pieces();
  /** By `performance.now()`: the collector wants no request before. */
  #notBefore = 0;
  #warned = '';

  constructor(private readonly parts: SenderParts) {}

  async send(batch: LogBatch, deadline: Deadline): Promise<Delivery> {
    let from = 0;
    let lost = 0;
    let refusal: Lasting | undefined;
    while (from < batch.count) {
      const to = this.#pieces.end(batch, from);
      const outcome = await this.#post(this.parts.source.records(batch, from, to), deadline);
      if (outcome.kind === 'later')
        return { unsent: batch.count - from, later: outcome, lost, ...(refusal !== undefined && { refusal }) };
      if (outcome.kind === 'too-large' && to - from > 1) {
        this.#pieces.tooLarge(batch, from, to);
        continue;
      }
      const missing = outcome.kind === 'taken' ? outcome.rejected : to - from;
      if (missing > 0) refusal = outcome;
      lost += missing;
      from = to;
    }
    return { unsent: 0, lost, ...(refusal !== undefined && { refusal }) };
  }

  /** Of one record. */
  gap(loss: LogLoss, deadline: Deadline): Promise<Outcome> {
    return this.#post([this.parts.source.gap(loss)], deadline);
  }

  async #post(records: ReadableRecord[], deadline: Deadline): Promise<Outcome> {
    const { collector, serializer, settings } = this.parts;
    if (!(await deadline.pause(this.#notBefore - performance.now())))
      return { kind: 'later', why: 'it asked for a pause (Retry-After)' };
    if (deadline.left === 0) return { kind: 'later', why: 'no time was left' };
    try {
      const body = serializer.serializeRequest(records) ?? new Uint8Array();
      const answer = await deadline.within(settings.timeoutMs, (signal) => collector.post(body, signal));
      return this.#heed(outcomeOf(answer, records.length, serializer));
    } catch (cause) {
      return { kind: 'later', why: '', cause };
    }
  }

  #heed(outcome: Outcome): Outcome {
    if (outcome.kind === 'later' && outcome.waitMs !== undefined) this.#notBefore = performance.now() + outcome.waitMs;
    if (outcome.kind === 'taken' && outcome.rejected === 0 && outcome.why !== this.#warned) this.#warn(outcome.why);
    return outcome;
  }

  /** A collector that took everything may have something to say all the same. */
  #warn(why: string): void {
    this.#warned = why;
    if (why !== '') this.parts.logger.warn({ why }, 'the collector took all records, and warned');
  }
}
