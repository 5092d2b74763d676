import type { LossCause, LostByDriver, LostDocument } from '../api/documents.js';

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

/** Reasons are few; one that holds a number that always changes must not fill the state. */
const MOST_CAUSES = 32;
const OTHER = 'other';

/** Counts what did not reach a log driver. */
export class LossLedger {
  readonly #byDriver = new Map<string, Entry>();

  constructor(
    earlier: LostDocument,
    private readonly onChange: () => void,
  ) {
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
  const known = causes.has(`${stream} ${reason}`) || causes.size < MOST_CAUSES;
  const kept = known ? reason : OTHER;
  const key = `${stream} ${kept}`;
  let cause = causes.get(key);
  if (cause === undefined) causes.set(key, (cause = { stream, reason: kept, records: 0, bytes: 0 }));
  return cause;
}
