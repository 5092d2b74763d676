import { randomBytes } from 'node:crypto';
import { deferred } from '../lifecycle/deferred.js';

const ROOM = 64;

/** The last messages of a container, for clients that ask for those behind a cursor. One that is late misses the oldest. */
export class MessageRing {
  /** A cursor of an earlier shimd leads to the beginning. */
  readonly #epoch = randomBytes(6).toString('hex');
  readonly #messages: string[] = [];
  #count = 0;
  #changed = deferred<void>();

  push(message: string): void {
    this.#messages.push(message);
    if (this.#messages.length > ROOM) this.#messages.shift();
    this.#count += 1;
    this.wake();
  }

  /** Lets those who wait look again. */
  wake(): void {
    const changed = this.#changed;
    this.#changed = deferred();
    changed.resolve();
  }

  /** Resolves at the next {@link push} or {@link wake}. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  get cursor(): string {
    return `${this.#epoch}-${this.#count}`;
  }

  /** Messages behind `cursor`. */
  behind(cursor: string): readonly string[] {
    const [epoch, count] = cursor.split('-');
    const seen = epoch === this.#epoch && /^[0-9]{1,15}$/.test(count ?? '') ? Number(count) : 0;
    const missing = Math.max(0, Math.min(this.#count - seen, this.#messages.length));
    return this.#messages.slice(this.#messages.length - missing);
  }
}
