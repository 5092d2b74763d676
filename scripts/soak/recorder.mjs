import { closeSync, openSync, writeSync } from 'node:fs';

/** What happened, one JSON object a line, with the seconds since the beginning. */
export class Recorder {
  #begin = performance.now();
  #fd;

  /** `path` undefined: nothing is kept. */
  constructor(path) {
    this.#fd = path === undefined ? undefined : openSync(path, 'w', 0o644);
  }

  get seconds() {
    return (performance.now() - this.#begin) / 1000;
  }

  emit(type, fields = {}) {
    if (this.#fd !== undefined)
      writeSync(this.#fd, `${JSON.stringify({ at: Number(this.seconds.toFixed(3)), type, ...fields })}\n`);
  }

  close() {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}
