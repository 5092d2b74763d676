/** Removals that are under way. */
export class Removals<T extends object> {
  readonly #underway = new Map<T, Promise<void>>();

  /** Removes `what`, once however many ask for it: its id may be another one's right after that. */
  once(what: T, remove: () => Promise<void>): Promise<void> {
    const underway = this.#underway.get(what);
    if (underway !== undefined) return underway;
    const done = remove().finally(() => this.#underway.delete(what));
    this.#underway.set(what, done);
    return done;
  }

  /** Resolves when `what` is not on its way out any more. By then it may have no directory, and whoever looks there takes its id for free. */
  async settled(what: T | undefined): Promise<void> {
    if (what !== undefined) await this.#underway.get(what)?.catch(() => undefined);
  }
}
