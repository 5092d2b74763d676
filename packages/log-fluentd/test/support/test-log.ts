import { LogDriverHost, makeInstance, textBatch, type TestLogDriverContext } from '@holdfast/testkit';
import type { LogDriver, LoggedContainer, StreamName } from '@holdfast/core/plugin';
import { afterEach, beforeEach } from 'vitest';
import { ForwardReceiver, type ForwardReceiverOptions } from '../../../../test/support/forward-receiver.js';
import plugin from '../../src/index.js';

export const NEVER = new AbortController().signal;

export type FluentdDriver = Required<Omit<LogDriver, 'reopen' | 'read' | 'local'>>;

/** What `write` rejects with. */
export interface WriteError {
  readonly code: string;
  readonly lost: number;
  readonly retry: boolean;
  readonly message: string;
  readonly cause: { readonly code: string };
}

export interface TestLogOptions {
  readonly options?: object;
  readonly container?: Partial<LoggedContainer>;
  readonly callTimeoutMs?: number;
}

/** A driver, called as the host calls it. */
export class TestLog {
  readonly #sequences = { stdout: 0, stderr: 0 };

  private constructor(
    readonly driver: FluentdDriver,
    readonly context: TestLogDriverContext,
  ) {}

  static async make(
    host: LogDriverHost,
    { options, container, callTimeoutMs = 60_000 }: TestLogOptions,
  ): Promise<TestLog> {
    const context = host.context({ ...container, callTimeoutMs });
    return new TestLog((await makeInstance(plugin, context, options)) as FluentdDriver, context);
  }

  /** Texts are latin1; one without newline is partial. The batch's buffers are spoilt afterwards, as the host may do. */
  async write(texts: readonly string[], stream: StreamName = 'stdout', time?: bigint): Promise<void> {
    const sequence = this.#sequences[stream];
    this.#sequences[stream] += texts.length;
    await this.rewrite(texts, { stream, sequence, time });
  }

  /** Records that were given before. */
  async rewrite(
    texts: readonly string[],
    head: { stream?: StreamName; sequence: number; time?: bigint | undefined },
  ): Promise<void> {
    const { stream = 'stdout', sequence, time } = head;
    const batch = textBatch(texts, { stream, sequence, ...(time !== undefined && { time }) });
    try {
      await this.driver.write(batch);
    } finally {
      batch.bytes.fill(0x58);
      batch.ends.fill(0);
    }
  }

  /** What `write` rejects with. */
  async failure(writing: Promise<void>): Promise<WriteError> {
    const error = await writing.then(
      () => undefined,
      (reason: unknown) => reason as WriteError,
    );
    if (error === undefined) throw new Error('nothing was lost');
    return error;
  }

  async close(): Promise<{ lost: number }> {
    return this.driver.close('drained', NEVER);
  }
}

/** Receivers and drivers of each test, closed after it. */
export function useForward(): {
  receiver(options?: ForwardReceiverOptions): Promise<ForwardReceiver>;
  log(receiver: Pick<ForwardReceiver, 'address'>, options?: TestLogOptions): Promise<TestLog>;
} {
  let host: LogDriverHost;
  let open: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    open = [];
    host = await LogDriverHost.open();
  });
  afterEach(async () => {
    for (const close of open.toReversed()) await close();
    await host.close();
  });
  return {
    async receiver(options) {
      const receiver = await ForwardReceiver.start(options);
      open.push(() => receiver.stop());
      return receiver;
    },
    async log({ address }, { options, ...rest } = {}) {
      const log = await TestLog.make(host, { ...rest, options: { address, ...options } });
      open.push(() => log.close());
      return log;
    },
  };
}

/** `line 0` and so on, each with its newline. */
export function lines(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, i) => `line ${from + i}\n`);
}

/** The same as a receiver has them. */
export function logsOf(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, i) => `line ${from + i}`);
}
