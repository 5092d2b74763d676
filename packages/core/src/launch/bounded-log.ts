import type { PluginLogger } from '../plugin/plugin-context.js';

const WINDOW_MS = 60_000;
const LINES = 10;

/** Warnings that anybody who can connect may cause: ten in a minute, and then how many there were more. */
export class BoundedLog {
  #since = -Infinity;
  #lines = 0;

  constructor(
    private readonly logger: Pick<PluginLogger, 'warn'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  warn(fields: object, message: string): void {
    if (this.now() - this.#since >= WINDOW_MS) this.#begin();
    this.#lines += 1;
    if (this.#lines <= LINES) this.logger.warn(fields, message);
  }

  #begin(): void {
    const left = this.#lines - LINES;
    if (left > 0) this.logger.warn({ left }, 'as many like these were not logged');
    this.#since = this.now();
    this.#lines = 0;
  }
}
