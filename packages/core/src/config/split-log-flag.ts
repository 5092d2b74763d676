/** A `--log DRIVER[,key=value…]` taken apart, values not yet read by the driver's schema. */
export interface LogFlag {
  readonly driver: string;
  /** In order, a key may come twice; undefined for a key without `=`. */
  readonly options: readonly LogFlagPair[];
  /** The keys that are not the driver's: `isolate`, and `queue.mode` and the others of `queue`. */
  readonly settings: readonly LogFlagPair[];
}

export type LogFlagPair = readonly [key: string, value: string | undefined];

const SETTING = /^(isolate|queue(\..*)?)$/s;

/** Splits at commas; `\,` is a comma and `\\` a backslash, any other backslash stands for itself. */
export function splitLogFlag(raw: string): LogFlag {
  const [driver = '', ...pairs] = splitEscaped(raw);
  const options = pairs.map((pair) => {
    const equals = pair.indexOf('=');
    return equals < 0 ? ([pair, undefined] as const) : ([pair.slice(0, equals), pair.slice(equals + 1)] as const);
  });
  const isSetting = ([key]: LogFlagPair): boolean => SETTING.test(key);
  return { driver, options: options.filter((pair) => !isSetting(pair)), settings: options.filter(isSetting) };
}

/**
 * Splits at a separator of one character; escaped by a backslash it stands for itself. For a comma `\\` is a backslash;
 * for others it stays, since each part is read once more.
 */
export function splitEscaped(raw: string, separator = ','): string[] {
  const parts: string[] = [''];
  for (const [token] of raw.matchAll(/\\[\\,;]|[^]/gu)) {
    if (token === separator) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${unescape(token, separator)}`);
  }
  return parts;
}

function unescape(token: string, separator: string): string {
  const unescaped = token === `\\${separator}` || (token === '\\\\' && separator === ',');
  return unescaped ? token.slice(1) : token;
}
