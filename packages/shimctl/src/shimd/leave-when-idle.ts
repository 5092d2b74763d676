/** What decides whether shimd may leave. */
export interface Idleness {
  /** True if there are containers, or requests without an answer. */
  busy(): boolean;
  /** Asks for leave; false if there is something to stay for after all. */
  leave(): Promise<boolean>;
}

/** Leaves once nothing has happened for a while. Call the returned function at every change. */
export function leaveWhenIdle(idleTimeoutMs: () => number, idleness: Idleness): () => void {
  let timer: NodeJS.Timeout | undefined;
  const changed = (): void => {
    clearTimeout(timer);
    if (idleness.busy()) return;
    timer = setTimeout(() => {
      if (idleness.busy()) return;
      void idleness.leave().then((left) => (left ? undefined : changed()));
    }, idleTimeoutMs());
  };
  return changed;
}
