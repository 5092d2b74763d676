import type { FrontEndHost } from '@holdfast/core';

/** Behind the key of a client: how much of its next message the process has. */
const MARK = '-passed-';

/** What the keeper holds for a client whose input waits: the next shimd passes on the rest of the message, and no more. */
export class Stall {
  #key: string | undefined;

  constructor(
    private readonly host: Pick<FrontEndHost, 'keeper'>,
    private readonly client: { readonly name: string; readonly fd: number; readonly passed: number },
  ) {
    this.#key = client.passed > 0 ? this.#keyOf(client.passed) : undefined;
  }

  /** 0: nothing waits. */
  at(passed: number): void {
    const { keeper } = this.host;
    const before = this.#key;
    this.#key = passed > 0 ? this.#keyOf(passed) : undefined;
    if (this.#key === before) return;
    if (this.#key !== undefined) void keeper.hold(this.#key, this.client.fd).catch(() => undefined);
    if (before !== undefined) void keeper.drop(before).catch(() => undefined);
  }

  #keyOf(passed: number): string {
    return `${this.client.name}${MARK}${passed}`;
  }
}

/** How much of the next message of the client `name` an earlier shimd has passed on. It may have died between two marks. */
export function passedOf(held: ReadonlySet<string>, name: string): number {
  const beginning = `${name}${MARK}`;
  const marks = [...held].filter((key) => key.startsWith(beginning)).map((key) => Number(key.slice(beginning.length)));
  return Math.max(0, ...marks);
}

/** Whether a key is a client's own. */
export function isClient(key: string): boolean {
  return !key.includes(MARK);
}
