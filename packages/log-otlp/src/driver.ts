import { ShimError, type LogBatch, type LogDriver, type LogDriverContext, type LogLoss } from '@holdfast/core/plugin';
import { RecordSource } from './encode/record-source.js';
import { resourceAttributes } from './encode/resource.js';
import { loadSerializer } from './encode/serializer.js';
import type { Settings } from './options/settings.js';
import { Collector } from './send/collector.js';
import { laterError, refusedError } from './send/collector-error.js';
import { Deadline } from './send/deadline.js';
import { Sender, type Lasting } from './send/sender.js';

/** The size of batches that OpenTelemetry's SDKs send. */
const BATCH_RECORDS = 512;
/** Of the host's deadline: a driver that gives up before says what it has not sent. */
const SHARE = 0.8;
const CALL_MS = 5_000;

/** Sends the records of one container to a collector. A record that `write` took was answered for. */
export class OtlpLogDriver implements LogDriver {
  readonly batchRecords = BATCH_RECORDS;
  readonly #closed = new AbortController();
  #collector: Collector | undefined;
  #sender: Sender | undefined;
  /** Refused for good, and not told to the host yet. */
  #lost = 0;

  constructor(
    private readonly context: LogDriverContext,
    private readonly settings: Settings,
  ) {}

  /** Does not ask whether the collector is there: a container need not wait for it. Rejects with SHIM_LOG_OPEN for TLS files. */
  async open(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { settings, context } = this;
    const serializer = await loadSerializer(settings.protocol);
    const collector = await Collector.open(settings);
    const source = new RecordSource(resourceAttributes(context.container, settings), settings.severity);
    this.#collector = collector;
    this.#sender = new Sender({ collector, serializer, source, settings, logger: context.logger });
  }

  /** Resolves when the collector has answered for all records. Rejects with SHIM_LOG_WRITE. */
  async write(batch: LogBatch): Promise<void> {
    const { unsent, later, lost, refusal } = await this.#open().send(batch, this.#deadline());
    this.#lost += lost;
    if (later !== undefined) throw laterError(this.settings.url, later, unsent);
    if (refusal !== undefined || this.#lost > 0) this.#tellLost(batch.count, refusal);
  }

  /** Rejects with SHIM_LOG_WRITE. */
  async gap(loss: LogLoss): Promise<void> {
    const outcome = await this.#open().gap(loss, this.#deadline());
    const { url } = this.settings;
    if (outcome.kind === 'later') throw laterError(url, outcome, 1);
    if (outcome.kind !== 'taken' || outcome.rejected > 0) throw refusedError(url, outcome, 1);
  }

  /** Everything taken has been answered for. */
  async flush(): Promise<void> {
    return Promise.resolve();
  }

  /** Does not wait for an answer. */
  async close(): Promise<{ lost: number }> {
    this.#closed.abort();
    this.#collector?.close();
    const lost = this.#lost;
    this.#lost = 0;
    return Promise.resolve({ lost });
  }

  /** No call tells of more records than it was given; what is more is told by the next one, or by `close`. */
  #tellLost(count: number, refusal: Lasting | undefined): never {
    const lost = Math.min(this.#lost, count);
    this.#lost -= lost;
    throw refusedError(this.settings.url, refusal ?? { kind: 'taken', rejected: lost, why: 'earlier ones' }, lost);
  }

  #open(): Sender {
    if (this.#sender !== undefined) return this.#sender;
    throw new ShimError('SHIM_LOG_WRITE', 'the driver is not open', { where: 'log-otlp' });
  }

  #deadline(): Deadline {
    return new Deadline((this.context.callTimeoutMs ?? CALL_MS) * SHARE, this.#closed.signal);
  }
}
