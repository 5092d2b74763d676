import type { LossCause, LostByDriver, LostDocument } from '../api/documents.js';
import type { StreamName } from '../plugin/log-batch.js';

/** Records that did not reach a driver. */
export interface Lost {
  readonly records: number;
  readonly bytes: number;
  readonly reason: string;
  /** Left out: not known. */
  readonly stream?: 'stdout' | 'stderr' | undefined;
}

type Cause = { -readonly [K in keyof LossCause]: LossCause[K] };

interface Entry {
  records: number;
  bytes: number;
  reason: string;
  /** By stream and reason. */
  readonly causes: Map<string, Cause>;
}

/** How much of the losses a log's readers have been told: by driver, then by stream and reason, `stdout queue full`. */
export type ToldRecord = Readonly<Record<string, Readonly<Record<string, Amount>>>>;

/** Records and their bytes. */
export interface Amount {
  readonly records: number;
  readonly bytes: number;
}

/** Under this name stands what readers of forwarded stdio did not get. */
export const FORWARDED = 'stdio';

/** Reasons are few; one that holds a number that always changes must not fill the state. */
const MOST_CAUSES = 32;
const OTHER = 'other';

/** Counts what did not reach a log driver. */
export class LossLedger {
  readonly #byDriver = new Map<string, Entry>();

  readonly #told = new Map<string, Map<string, Amount>>();

  /** `told`: by an earlier shimd. */
  constructor(
    earlier: LostDocument,
    private readonly onChange: () => void,
    told: ToldRecord = {},
  ) {
    for (const [driver, amounts] of Object.entries(told)) this.#told.set(driver, new Map(Object.entries(amounts)));
    for (const [driver, lost] of Object.entries(earlier.byDriver)) {
      const causes = lost.causes ?? [{ stream: null, reason: lost.reason, records: lost.records, bytes: lost.bytes }];
      for (const cause of causes) this.#count(driver, { ...cause, stream: cause.stream ?? undefined });
      this.#entry(driver).reason = lost.reason;
    }
  }

  add(driver: string, lost: Lost): void {
    if (lost.records === 0) return;
    this.#count(driver, lost);
    this.onChange();
  }

  document(): LostDocument {
    let records = 0;
    let bytes = 0;
    const byDriver: Record<string, LostByDriver> = {};
    for (const [driver, { causes, ...entry }] of this.#byDriver) {
      records += entry.records;
      bytes += entry.bytes;
      byDriver[driver] = { ...entry, causes: [...causes.values()].map((cause) => ({ ...cause })) };
    }
    return { records, bytes, byDriver };
  }

  /** The driver's log says so. */
  tell(driver: string, { stream, reason, records, bytes }: Lost): void {
    const told = this.#told.get(driver) ?? new Map<string, Amount>();
    this.#told.set(driver, told);
    const key = causeKey(
      stream ?? null,
      told.has(causeKey(stream ?? null, reason)) || told.size < MOST_CAUSES ? reason : OTHER,
    );
    const before = told.get(key) ?? { records: 0, bytes: 0 };
    told.set(key, { records: before.records + records, bytes: before.bytes + bytes });
    this.onChange();
  }

  /** What the driver's log does not say yet. Losses of no known stream are never told. */
  untold(driver: string): Lost[] {
    const told = this.#told.get(driver);
    const rest: Lost[] = [];
    for (const { stream, reason, records, bytes } of this.#byDriver.get(driver)?.causes.values() ?? []) {
      const already = told?.get(causeKey(stream, reason)) ?? { records: 0, bytes: 0 };
      const left = { records: records - already.records, bytes: Math.max(0, bytes - already.bytes) };
      if (stream !== null && left.records > 0) rest.push({ ...left, stream, reason });
    }
    return rest;
  }

  toldRecord(): ToldRecord {
    return Object.fromEntries([...this.#told].map(([driver, told]) => [driver, Object.fromEntries(told)]));
  }

  /** All that a driver lost of one stream. */
  total(driver: string, stream: StreamName): Amount {
    const sum = { records: 0, bytes: 0 };
    for (const cause of this.#byDriver.get(driver)?.causes.values() ?? []) {
      if (cause.stream !== stream) continue;
      sum.records += cause.records;
      sum.bytes += cause.bytes;
    }
    return sum;
  }

  #count(driver: string, lost: Lost): void {
    const entry = this.#entry(driver);
    entry.records += lost.records;
    entry.bytes += lost.bytes;
    entry.reason = lost.reason;
    const cause = causeOf(entry, lost);
    cause.records += lost.records;
    cause.bytes += lost.bytes;
  }

  #entry(driver: string): Entry {
    let entry = this.#byDriver.get(driver);
    if (entry === undefined)
      this.#byDriver.set(driver, (entry = { records: 0, bytes: 0, reason: '', causes: new Map() }));
    return entry;
  }
}

function causeOf({ causes }: Entry, lost: Lost): Cause {
  const { reason, stream = null } = lost;
  const known = causes.has(causeKey(stream, reason)) || causes.size < MOST_CAUSES;
  const kept = known ? reason : OTHER;
  const key = causeKey(stream, kept);
  let cause = causes.get(key);
  if (cause === undefined) causes.set(key, (cause = { stream, reason: kept, records: 0, bytes: 0 }));
  return cause;
}

function causeKey(stream: StreamName | null, reason: string): string {
  return `${stream} ${reason}`;
}
