import type { LogDriver } from '../../plugin/log-driver.js';
import type { LogDriverContext, PluginLogger } from '../../plugin/plugin-context.js';
import { ShimError } from '../../plugin/shim-error.js';
import type { PluginSource } from '../../plugins/plugin-source.js';
import { LogBatchView } from '../../stdio/log-batch-view.js';
import type { DatagramSenders } from '../datagram-senders.js';
import type { FileLanes } from '../file-lanes.js';
import { boundedText } from '../../plugins/bounded-text.js';
import { printable } from '../../plugins/printable.js';
import { wordsOf } from '../../plugins/read-member.js';
import { makeDriver } from '../make-driver.js';
import { settledDriver } from '../settled-driver.js';
import { toFailure } from './failure-message.js';
import type { BatchMessage, DriverSetup, DriverTraits, HostCall, HostReply, HostRequest } from './messages.js';

/** What drivers in a host are made with. */
export interface DriverHostServices {
  readonly plugins: PluginSource;
  readonly lanes: FileLanes;
  readonly datagrams: DatagramSenders;
  readonly reply: (reply: HostReply) => void;
}

/** Runs log drivers for another thread or process. Every call gets one answer. */
export class DriverHost {
  readonly #drivers = new Map<number, LogDriver>();
  readonly #calls = new Map<number, AbortController>();

  constructor(private readonly services: DriverHostServices) {}

  /** Never rejects. */
  async handle(request: HostRequest): Promise<void> {
    if (request.kind === 'abort') return this.#calls.get(request.id)?.abort();
    const { id, driver, call } = request;
    const controller = new AbortController();
    this.#calls.set(id, controller);
    try {
      const value = await this.#run({ id, driver }, call, controller.signal);
      this.services.reply({ kind: 'done', id, ...(value !== undefined && { value }) });
    } catch (error) {
      this.services.reply({ kind: 'failed', id, failure: toFailure(error) });
    } finally {
      this.#calls.delete(id);
    }
  }

  async #run(
    { id, driver: number }: { readonly id: number; readonly driver: number },
    call: HostCall,
    signal: AbortSignal,
  ): Promise<DriverTraits | { lost: number } | undefined> {
    if (call.method === 'create')
      return this.#create(number, call.setup, () => this.services.reply({ kind: 'loaded', id }));
    const driver = this.#drivers.get(number);
    if (driver === undefined) throw new ShimError('SHIM_INTERNAL', `no driver ${number} in this host`);
    switch (call.method) {
      case 'open':
        return void (await driver.open?.(signal));
      case 'write':
        return void (await driver.write(batchOf(call.batch)));
      case 'gap':
        return void (await driver.gap?.(call.loss));
      case 'flush':
        return void (await driver.flush(signal));
      case 'reopen':
        return void (await driver.reopen?.());
      case 'close':
        this.#drivers.delete(number);
        return driver.close(call.reason, signal);
    }
  }

  async #create(number: number, setup: DriverSetup, onLoaded: () => void): Promise<DriverTraits> {
    const { definition, options } = await this.services.plugins.load('log-driver', setup.log);
    onLoaded();
    const driver = settledDriver(makeDriver({ definition, options }, this.#context(setup), setup.entry));
    this.#drivers.set(number, driver);
    return traitsOf(driver);
  }

  #context({ namespace, container, directory, callTimeoutMs }: DriverSetup): LogDriverContext {
    const { lanes, datagrams } = this.services;
    return {
      logger: this.#logger(),
      namespace,
      container,
      directory,
      callTimeoutMs,
      lane: (path, use) => lanes.forPath(path, use),
      datagrams: (path) => datagrams.forPath(path),
    };
  }

  #logger(): PluginLogger {
    const through = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: object, message: string) =>
      this.services.reply({
        kind: 'log',
        level,
        fields: Object(printable(fields)) as object,
        message: boundedText(wordsOf(message)),
      });
    return { debug: through('debug'), info: through('info'), warn: through('warn'), error: through('error') };
  }
}

function traitsOf(driver: LogDriver): DriverTraits {
  const { local = false, batchRecords } = driver;
  const methods = (['open', 'gap', 'reopen'] as const).filter((name) => typeof driver[name] === 'function');
  return { local, batchRecords, methods };
}

function batchOf({ bytes, ...parts }: BatchMessage): LogBatchView {
  return new LogBatchView({ ...parts, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) });
}
