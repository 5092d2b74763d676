/** A `--log DRIVER[,key=value…]` taken apart, values not yet read by the driver's schema. */
export interface LogFlag {
  /** As given. */
  readonly raw: string;
  readonly driver: string;
  /** In order, a key may come twice; undefined for a key without `=`. */
  readonly options: readonly (readonly [key: string, value: string | undefined])[];
}

/** Splits at commas; `\,` is a comma and `\\` a backslash, any other backslash stands for itself. */
export function splitLogFlag(raw: string): LogFlag {
  const [driver = '', ...pairs] = splitEscaped(raw);
  const options = pairs.map((pair) => {
    const equals = pair.indexOf('=');
    return equals < 0 ? ([pair, undefined] as const) : ([pair.slice(0, equals), pair.slice(equals + 1)] as const);
  });
  return { raw, driver, options };
}

function splitEscaped(raw: string): string[] {
  const parts: string[] = [''];
  for (const [token] of raw.matchAll(/\\[\\,]|[^]/gu)) {
    if (token === ',') parts.push('');
    else parts.push(`${parts.pop() ?? ''}${token.length > 1 && token.startsWith('\\') ? token.slice(1) : token}`);
  }
  return parts;
}
