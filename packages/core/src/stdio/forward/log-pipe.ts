import { closeSync } from 'node:fs';
import type { OutputReader } from '../output-reader.js';

export interface LogPipeOptions {
  /** Read end, which the reader uses; owned. */
  readonly read: number;
  /** Write end, non-blocking; owned. */
  readonly write: number;
  readonly reader: OutputReader;
}

/** The pipe by which log drivers get a copy of what is forwarded. */
export class LogPipe {
  #writing = true;
  #reading = true;

  constructor(private readonly options: LogPipeOptions) {}

  /** The write end. */
  get fd(): number {
    return this.options.write;
  }

  get reader(): OutputReader {
    return this.options.reader;
  }

  /** Nothing more comes. Whoever watches it has ended that. */
  endWriting(): void {
    if (this.#writing) closeSync(this.options.write);
    this.#writing = false;
  }

  close(): void {
    this.endWriting();
    this.reader.close();
    if (this.#reading) closeSync(this.options.read);
    this.#reading = false;
  }
}
