/** A value of an attribute or a body. */
export type OtlpValue = string | boolean | bigint | number | Buffer;

/** A log record as a receiver understood it. */
export interface OtlpRecord {
  readonly resource: ReadonlyMap<string, OtlpValue>;
  readonly scope: string;
  readonly time: bigint;
  readonly observed: bigint;
  /** 0: unspecified. */
  readonly severity: number;
  readonly body: OtlpValue;
  readonly attributes: ReadonlyMap<string, OtlpValue>;
}

/** Attributes; a key may come once. */
export function attributeMap(pairs: readonly (readonly [string, OtlpValue])[]): Map<string, OtlpValue> {
  const map = new Map(pairs);
  if (map.size !== pairs.length) throw new Error(`an attribute comes twice: ${pairs.map(([key]) => key).join()}`);
  return map;
}
