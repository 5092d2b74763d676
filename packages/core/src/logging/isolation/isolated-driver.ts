import { setTimeout as delay } from 'node:timers/promises';
import type { DriverCounters } from '../../metrics/counters.js';
import type { LogBatch } from '../../plugin/log-batch.js';
import type { LogCloseReason, LogDriver, LogLoss } from '../../plugin/log-driver.js';
import { ShimError } from '../../plugin/shim-error.js';
import { afterOwnTime } from '../deadline.js';
import type { HostUse } from './driver-hosts.js';
import type { BatchMessage, DriverSetup, DriverTraits, HostCall } from './messages.js';
import { HostDied, type CallOptions, type HostEnd, type RunningHost } from './running-host.js';

/** Makes a driver in a host. Rejects as its `create` does, or if the host dies of it. */
export async function isolatedDriver(setup: DriverSetup, use: HostUse, counters: DriverCounters): Promise<LogDriver> {
  const driver = new IsolatedDriver(setup, use, counters);
  try {
    const { local, batchRecords, methods } = await driver.create();
    return {
      local,
      ...(batchRecords !== undefined && { batchRecords }),
      // Always: after a death of the host there is something to open again.
      open: (signal) => driver.open(signal),
      write: (batch) => driver.write(batch),
      flush: (signal) => driver.flush(signal),
      close: (reason, signal) => driver.close(reason, signal),
      ...(methods.includes('gap') && { gap: (loss: LogLoss) => driver.gap(loss) }),
      ...(methods.includes('reopen') && { reopen: () => driver.reopen() }),
    };
  } catch (error) {
    use.release();
    throw comesUp(error, setup);
  }
}

/** What is said of a host that died before the driver was open. */
function comesUp(error: unknown, { entry, log }: DriverSetup): unknown {
  if (!(error instanceof HostDied)) return error;
  const more = {
    where: entry,
    cause: error,
    remedy: error.remedy ?? 'The group\'s shimd.log may say why; without "isolate" the driver would end shimd itself.',
  };
  return new ShimError('SHIM_LOG_OPEN', `log driver ${log.plugin} does not come up: ${error.message}`, more);
}

/**
 * A driver that lives in a host. When that dies, the call fails with `retry`, and the next one makes and opens the driver anew. A call
 * that takes too long costs the host its life: what spins can't be asked to stop.
 */
class IsolatedDriver {
  #host: RunningHost | undefined;
  #number = 0;
  #opened = false;

  constructor(
    private readonly setup: DriverSetup,
    private readonly use: HostUse,
    private readonly counters: DriverCounters,
  ) {}

  async create(): Promise<DriverTraits> {
    return (await this.#create()) as DriverTraits;
  }

  async open(signal: AbortSignal): Promise<void> {
    try {
      await this.#call({ method: 'open' }, { signal });
    } catch (error) {
      throw comesUp(error, this.setup);
    }
    this.#opened = true;
  }

  async write(batch: LogBatch): Promise<void> {
    const message = messageOf(batch);
    const transfer = [message.bytes.buffer as ArrayBuffer, message.ends.buffer as ArrayBuffer];
    await this.#call({ method: 'write', batch: message }, { transfer });
  }

  async gap(loss: LogLoss): Promise<void> {
    await this.#call({ method: 'gap', loss });
  }

  async flush(signal: AbortSignal): Promise<void> {
    await this.#call({ method: 'flush' }, { signal });
  }

  async reopen(): Promise<void> {
    await this.#call({ method: 'reopen' });
  }

  async close(reason: LogCloseReason, signal: AbortSignal): Promise<{ lost: number }> {
    try {
      // What died has nothing left to close.
      if (this.#host?.alive !== true) return { lost: 0 };
      return (await this.#call({ method: 'close', reason }, { signal })) as { lost: number };
    } finally {
      this.use.release();
    }
  }

  async #call(call: HostCall, options: CallOptions = {}): Promise<unknown> {
    if (this.#host?.alive !== true) await this.#revive(call.method !== 'open');
    return this.#timed(call, options);
  }

  async #revive(reopen: boolean): Promise<void> {
    const pause = this.use.pauseMs();
    if (pause > 0) await delay(pause);
    this.counters.restarts += 1;
    await this.#create();
    if (reopen && this.#opened) await this.#timed({ method: 'open' }, {});
  }

  /** The start of the host and the loading of the plugin have a time of their own, the driver's `create` that of a call. */
  async #create(): Promise<unknown> {
    const host = this.use.host();
    this.#host = host;
    this.#number = host.newDriver();
    let disarm = this.#limit(host, this.use.startMs, () => this.#slowStart(host));
    const onLoaded = (): void => {
      disarm();
      disarm = this.#limit(host, this.setup.callTimeoutMs, () => slowCall('create', this.setup));
    };
    try {
      return await host.call(this.#number, { method: 'create', setup: this.setup }, { onLoaded });
    } finally {
      disarm();
    }
  }

  async #timed(call: HostCall, options: CallOptions): Promise<unknown> {
    const host = this.#host as RunningHost;
    const disarm = this.#limit(host, this.setup.callTimeoutMs, () => slowCall(call.method, this.setup));
    try {
      return await host.call(this.#number, call, options);
    } finally {
      disarm();
    }
  }

  #limit(host: RunningHost, ms: number, end: () => HostEnd): () => void {
    return afterOwnTime(ms, () => host.kill(end()));
  }

  #slowStart({ up }: RunningHost): HostEnd {
    const { startMs, place } = this.use;
    const what = up ? `the module of ${place.plugin} to be loaded` : `a new ${place.isolation} to begin`;
    return {
      why: `it was not up within ${startMs} ms, waiting for ${what}`,
      remedy: up
        ? `Does the module await something for ever, or take long to load? Try it: node -e 'import("${place.plugin}")'.`
        : 'Is the machine short of CPU time or memory? Try again, or leave "isolate" out of the entry.',
    };
  }
}

function slowCall(method: string, { callTimeoutMs }: DriverSetup): HostEnd {
  return {
    why: `it was ended, since ${method} took more than ${callTimeoutMs} ms (limits.logTimeout)`,
    remedy: 'Find out what the driver waits for, such as a server or a disk, or raise limits.logTimeout.',
  };
}

/** Copies: what is transferred is gone here, and the pump reuses its buffers. */
function messageOf({ stream, time, sequence, count, bytes, ends }: LogBatch): BatchMessage {
  return { stream, time, sequence, count, bytes: new Uint8Array(bytes), ends: ends.slice(0, count) };
}
