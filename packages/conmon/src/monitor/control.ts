import { basename, join } from 'node:path';
import type { EventPoller, FrontEndHost, ProcessHandle } from '@holdfast/core';
import { LineFifo } from '../control/fifo.js';
import { parseControl, parseWindow, type Control } from '../control/parse-control.js';

export interface ControlOptions {
  readonly handle: ProcessHandle;
  readonly host: FrontEndHost;
  readonly poller: EventPoller;
  readonly bundle: string;
  /** False: an earlier shimd has made them. */
  readonly anew: boolean;
  /** What the keeper holds of them begins so: what is written while no shimd is there is not lost. */
  readonly key: string;
}

/** The FIFOs `ctl` and `winsz` of a bundle, by which a process is resized and its log opened anew. */
export class ControlFifos {
  readonly #fifos: LineFifo[] = [];

  private constructor(private readonly options: ControlOptions) {}

  /** Throws the system's errors. */
  static async open(options: ControlOptions): Promise<ControlFifos> {
    const fifos = new ControlFifos(options);
    try {
      await fifos.#open('ctl', (line) => fifos.#do(parseControl(line)));
      await fifos.#open('winsz', (line) => fifos.#do(parseWindow(line)));
      return fifos;
    } catch (error) {
      await fifos.close();
      throw error;
    }
  }

  /** The process is there: podman tells the size of its terminal before. */
  listen(): void {
    for (const fifo of this.#fifos) fifo.listen();
  }

  async close(): Promise<void> {
    const { host, key } = this.options;
    for (const fifo of this.#fifos.splice(0)) {
      fifo.close();
      await host.keeper.drop(`${key}/${basename(fifo.path)}`);
    }
  }

  /** Another shimd goes on with them. */
  leave(): void {
    for (const fifo of this.#fifos.splice(0)) fifo.leave();
  }

  async #open(name: string, onLine: (line: string) => void): Promise<void> {
    const { bundle, poller, anew, host, key } = this.options;
    const fifo = new LineFifo(join(bundle, name), { anew, poller }, onLine);
    this.#fifos.push(fifo);
    await host.keeper.hold(`${key}/${name}`, fifo.fd);
  }

  #do(control: Control | undefined): void {
    const { handle, host } = this.options;
    if (control === undefined) return;
    if (control.what === 'reopen') {
      void handle
        .reopenLogs()
        .catch((error: unknown) => host.logger.error({ err: error }, 'a log could not be opened anew'));
      return;
    }
    try {
      handle.io.resize?.(control);
    } catch {
      // Its terminal has gone.
    }
  }
}
