/** Node's timers go no further. */
const LONGEST_MS = 2 ** 31 - 1;

/** Calls `late` at a time of day, however far away. */
export class Deadline {
  #timer: NodeJS.Timeout | undefined;

  /** `at`: milliseconds since the epoch; undefined: never. */
  constructor(
    private readonly at: number | undefined,
    private readonly late: () => void,
  ) {
    this.#arm();
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    if (this.at === undefined) return;
    const left = this.at - Date.now();
    this.#timer = setTimeout(
      () => (left > LONGEST_MS ? this.#arm() : this.late()),
      Math.max(0, Math.min(left, LONGEST_MS)),
    );
  }
}
