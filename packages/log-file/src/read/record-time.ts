const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Reads times of records: RFC 3339 with any number of fraction digits, in any time zone. */
export class RecordTimeParser {
  /** Neighbouring records share their second, and parsing a date is slow. */
  private second = '';
  private secondTime = 0n;

  /** Nanoseconds since the epoch; undefined if `text` is no time. */
  parse(text: string): bigint | undefined {
    const match = TIME.exec(text);
    if (match === null) return undefined;
    const [, fraction = '', zone = 'Z'] = match;
    const second = text.slice(0, 19) + zone;
    if (second !== this.second) {
      const milliseconds = Date.parse(second);
      if (Number.isNaN(milliseconds)) return undefined;
      this.second = second;
      this.secondTime = BigInt(milliseconds) * 1_000_000n;
    }
    return this.secondTime + BigInt(fraction.padEnd(9, '0'));
  }
}
