import { randomBytes } from 'node:crypto';
import { DatagramSenders } from '@holdfast/core';
import type {
  LogDriver,
  LogDriverContext,
  LogEntry,
  LoggedContainer,
  LogGap,
  LogQuery,
  PluginLogger,
} from '@holdfast/core/plugin';
import type { PrivateJournald } from '../../../../test/support/journald.js';
import type { JournaldOptions } from '../../src/options/schema.js';
import plugin from '../../src/index.js';
import { batchOf, type BatchHead } from './batch.js';

export type JournaldDriver = Required<Omit<LogDriver, 'reopen'>>;

const DEFAULTS: JournaldOptions = { tag: '{{.ID}}', priorityPrefix: false };
export const NEVER = new AbortController().signal;

export interface TestLogOptions {
  readonly options?: Partial<JournaldOptions>;
  readonly container?: Partial<LoggedContainer>;
  readonly callTimeoutMs?: number;
}

/** A driver of a container of its own, with the sockets that shimd has. */
export class TestLog {
  readonly warnings: object[] = [];
  readonly container: LoggedContainer;
  #driver: JournaldDriver | undefined;
  #sequence = { stdout: 0, stderr: 0 };

  constructor(
    readonly journald: Pick<PrivateJournald, 'namespace'>,
    private readonly given: TestLogOptions = {},
  ) {
    const id = `c${randomBytes(8).toString('hex')}`;
    const own = { id, namespace: 'default', bundle: '/bundle', createdAt: '2025-01-02T03:04:05.000Z' };
    this.container = { ...own, annotations: {}, labels: {}, ...given.container };
  }

  get driver(): JournaldDriver {
    return (this.#driver ??= this.make());
  }

  /** Another driver for the same container, as after a restart of shimd. */
  make(): JournaldDriver {
    const { namespace } = this.journald;
    this.#sequence = { stdout: 0, stderr: 0 };
    this.#driver = plugin.create(this.#context(), { ...DEFAULTS, namespace, ...this.given.options }) as JournaldDriver;
    return this.#driver;
  }

  /** Opens and writes. */
  async write(texts: readonly (string | Buffer)[], head: BatchHead = {}): Promise<void> {
    const stream = head.stream ?? 'stdout';
    const sequence = this.#sequence[stream];
    this.#sequence[stream] += texts.length;
    await this.driver.write(batchOf(texts, { sequence, ...head }));
  }

  async flush(): Promise<void> {
    await this.driver.flush(NEVER);
  }

  async close(): Promise<void> {
    await this.driver.close('deleted', NEVER);
  }

  read(query: LogQuery = {}, signal: AbortSignal = NEVER): AsyncIterableIterator<LogEntry | LogGap> {
    return this.driver.read(query, signal)[Symbol.asyncIterator]() as AsyncIterableIterator<LogEntry | LogGap>;
  }

  /** Entries as text: a partial one ends in `…`, one of stderr begins with `!`. */
  async readTexts(query: LogQuery = {}): Promise<string[]> {
    const texts: string[] = [];
    for await (const item of this.read(query)) texts.push(textOf(item));
    return texts;
  }

  #context(): LogDriverContext {
    const { container, warnings } = this;
    const ignore = (): void => undefined;
    const warn = (fields: object): void => void warnings.push(fields);
    const logger: PluginLogger = { debug: ignore, info: ignore, warn, error: warn };
    const senders = new DatagramSenders();
    const lane = (): never => {
      throw new Error('a journal needs no files');
    };
    return {
      logger,
      namespace: container.namespace,
      container,
      directory: '/nowhere',
      lane,
      datagrams: (path) => senders.forPath(path),
      ...(this.given.callTimeoutMs !== undefined && { callTimeoutMs: this.given.callTimeoutMs }),
    };
  }
}

export function textOf(item: LogEntry | LogGap): string {
  if (item.type === 'gap') return `gap: ${item.records}`;
  return `${item.stream === 'stderr' ? '!' : ''}${item.bytes.toString('latin1')}${item.partial ? '…' : ''}`;
}
