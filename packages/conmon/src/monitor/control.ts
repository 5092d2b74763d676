import { join } from 'node:path';
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
}

/** The FIFOs `ctl` and `winsz` of a bundle, by which a process is resized and its log opened anew. */
export class ControlFifos {
  readonly #fifos: readonly LineFifo[];

  /** Throws the system's errors. */
  constructor(private readonly options: ControlOptions) {
    const { bundle, poller, anew } = options;
    this.#fifos = [
      new LineFifo(join(bundle, 'ctl'), { anew, poller }, (line) => this.#do(parseControl(line))),
      new LineFifo(join(bundle, 'winsz'), { anew, poller }, (line) => this.#do(parseWindow(line))),
    ];
  }

  /** The process is there: podman tells the size of its terminal before. */
  listen(): void {
    for (const fifo of this.#fifos) fifo.listen();
  }

  close(): void {
    for (const fifo of this.#fifos) fifo.close();
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
