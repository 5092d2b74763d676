/** What a plugin's object says, whatever happens when it is asked; undefined if it throws. */
export function readMember(object: object, name: PropertyKey): unknown {
  try {
    return Reflect.get(object, name);
  } catch {
    return undefined;
  }
}

/** `value` in words, whatever it is. */
export function wordsOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'something that cannot be looked at';
  }
}
