import type { OwnTerminal } from '../../../src/cli/terminal/own-terminal.js';

/** A terminal that notes what is done to it. */
export class FakeTerminal implements OwnTerminal {
  current = { rows: 24, columns: 80 };
  readonly calls: string[] = [];
  #raw = 0;

  /** How often it is raw more than cooked. */
  get raw(): number {
    return this.#raw;
  }

  size(): { rows: number; columns: number } {
    return this.current;
  }

  makeRaw(): () => void {
    this.calls.push('raw');
    this.#raw += 1;
    let done = false;
    return () => {
      if (done) return;
      done = true;
      this.#raw -= 1;
      this.calls.push('restored');
    };
  }

  stop(): void {
    this.calls.push('stopped');
  }
}
