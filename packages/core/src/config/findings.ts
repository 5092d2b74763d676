import { ERROR_CODES } from '../plugin/error-codes.js';
import { asShimError, ShimError } from '../plugin/shim-error.js';
import { firstOf, throwIfAny } from './validate.js';

/** What is wrong with a config, gathered over all that can be looked at, so that it comes in one error. */
export class Findings {
  readonly #lines: string[] = [];
  readonly #errors: ShimError[] = [];

  get any(): boolean {
    return this.#lines.length > 0 || this.#errors.length > 0;
  }

  /** Mistakes of the config, a line each. */
  add(lines: readonly string[]): void {
    this.#lines.push(...lines);
  }

  /** What kept something from being looked at. */
  fail(error: unknown): void {
    this.#errors.push(asShimError(error));
  }

  /** Waits for all. What one rejects with is a finding, and its result undefined. */
  async gather<T>(works: readonly Promise<T>[]): Promise<(T | undefined)[]> {
    const settled = await Promise.allSettled(works);
    return settled.map((each) => {
      if (each.status === 'fulfilled') return each.value;
      this.fail(each.reason);
      return undefined;
    });
  }

  /**
   * Throws an error by itself as it is, and several things as one error with a line for each: with their code if all have the same,
   * else with SHIM_CONFIG_INVALID.
   */
  throwIfAny(): void {
    const errors = [...new Map(this.#errors.map((error) => [error.message, error])).values()];
    const [first] = errors;
    if (first === undefined) return throwIfAny(this.#lines);
    if (errors.length === 1 && this.#lines.length === 0) throw first;
    const same = this.#lines.length === 0 && errors.every(({ code }) => code === first.code);
    const remedies = errors.map(({ remedy }) => remedy);
    if (this.#lines.length > 0) remedies.unshift(ERROR_CODES.SHIM_CONFIG_INVALID.remedy);
    const lines = [...this.#lines, ...errors.map(({ message }) => message)];
    throw new ShimError(same ? first.code : 'SHIM_CONFIG_INVALID', firstOf(lines).join('\n'), {
      where: lines[0]?.split(': ')[0] ?? '',
      remedy: [...new Set(remedies)].join(' '),
      cause: errors.length === 1 ? first : new AggregateError(errors, 'what is wrong with the config'),
    });
  }
}
