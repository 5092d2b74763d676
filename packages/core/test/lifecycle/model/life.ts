import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** The life in which code runs: `writeJson`, which is handed to nobody, asks for it. */
export const lives = new AsyncLocalStorage<Life>();

const FOREVER = new Promise<never>(() => undefined);

/**
 * One shimd, which can be killed: between two of the calls that it makes to the world outside (keeper, runtime, state files) it comes
 * through a gate, and no gate opens for the dead.
 */
export class Life {
  readonly died: Promise<void>;
  #dead = false;
  #resolveDied!: () => void;
  #fuse = Infinity;
  #working = 0;

  /** `turn` resolves when a caller may go on. */
  constructor(private readonly turn: (what: string) => Promise<void> = () => Promise.resolve()) {
    this.died = new Promise((resolve) => (this.#resolveDied = resolve));
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** It dies at the `gates`th gate from now on. */
  dieAt(gates: number): void {
    this.#fuse = gates;
  }

  kill(): void {
    this.#dead = true;
    this.#resolveDied();
  }

  run<T>(work: () => T): T {
    return lives.run(this, work);
  }

  /** A call to the world outside. It takes place as a whole or not at all; whether its caller learns of it is another matter. */
  async cross<T>(what: string, work: () => T | Promise<T>): Promise<T> {
    await this.#gate(`before ${what}`);
    this.#working += 1;
    try {
      return await work();
    } finally {
      this.#working -= 1;
      await this.#gate(`after ${what}`);
    }
  }

  /** Resolves once all that it was at has come to a gate, to an end or to a timer. */
  async quiet(): Promise<void> {
    for (let calm = 0; calm < 3;) {
      await nextTurn();
      const busy = this.#working > 0 || process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'));
      calm = busy ? 0 : calm + 1;
    }
  }

  async #gate(what: string): Promise<void> {
    if (!this.#dead) await this.turn(what);
    if (this.#fuse-- <= 0) this.kill();
    if (this.#dead) await FOREVER;
  }
}

/** `target` as a life sees it: every call of `methods` comes through its gates. */
export function seenBy<T extends object>(life: Life, target: T, methods: readonly (keyof T & string)[]): T {
  return new Proxy(target, {
    get(_target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (!methods.includes(name as keyof T & string)) return value.bind(target) as unknown;
      return (...args: unknown[]): Promise<unknown> =>
        life.cross([name, ...args].map(String).join(' '), () => Reflect.apply(value, target, args) as unknown);
    },
    set: (_target, name, value) => Reflect.set(target, name, value),
  });
}
