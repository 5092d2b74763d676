import type { LostDocument } from '../api/documents.js';

interface Entry {
  records: number;
  bytes: number;
  reason: string;
}

/** Counts what did not reach a log driver. */
export class LossLedger {
  readonly #byDriver = new Map<string, Entry>();

  constructor(
    earlier: LostDocument,
    private readonly onChange: () => void,
  ) {
    for (const [driver, entry] of Object.entries(earlier.byDriver)) this.#byDriver.set(driver, { ...entry });
  }

  add(driver: string, lost: Entry): void {
    if (lost.records === 0) return;
    const entry = this.#byDriver.get(driver) ?? { records: 0, bytes: 0, reason: '' };
    entry.records += lost.records;
    entry.bytes += lost.bytes;
    entry.reason = lost.reason;
    this.#byDriver.set(driver, entry);
    this.onChange();
  }

  document(): LostDocument {
    let records = 0;
    let bytes = 0;
    const byDriver: Record<string, Entry> = {};
    for (const [driver, entry] of this.#byDriver) {
      records += entry.records;
      bytes += entry.bytes;
      byDriver[driver] = { ...entry };
    }
    return { records, bytes, byDriver };
  }
}
