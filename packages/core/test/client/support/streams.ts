import { Writable } from 'node:stream';
import type { AttachOptions } from '../../../src/client/attach.js';

/** Keeps what is written to it. */
export class Collector extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('latin1');
    done();
  }
}

/** Options of a client that started the process and sends nothing, with `more`, and what it shows. */
export function streams(more: Partial<AttachOptions> = {}): AttachOptions & { stdout: Collector; stderr: Collector } {
  return { stdin: null, primary: true, ...more, stdout: new Collector(), stderr: new Collector() };
}
