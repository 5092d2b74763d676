/** What a driver threw, or an error in its place if looking at it throws: it is logged, and decides what is lost. */
export function legible(error: unknown): unknown {
  try {
    if (typeof error !== 'object' || error === null) return error;
    const { name, message, stack, code, cause } = error as Partial<Record<string, unknown>>;
    void [name, message, stack, code, cause, Object.getPrototypeOf(error), Object.keys(error)].map(Boolean);
    return error;
  } catch {
    return new Error('the driver threw something that cannot be looked at');
  }
}
