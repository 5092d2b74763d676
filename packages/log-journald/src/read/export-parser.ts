/** Fields of an entry that were asked for; of one that came twice the first. */
export interface ExportRecord {
  readonly fields: ReadonlyMap<string, Buffer>;
  /** Bytes beyond the limit that were left out, by field. */
  readonly cut: ReadonlyMap<string, number>;
}

/** Longest name of a field; journald's own are shorter. */
const NAME_LIMIT = 256;
const [NEWLINE, EQUALS] = Buffer.from('\n=') as Iterable<number> as [number, number];
const LENGTH_BYTES = 8;

type State = 'name' | 'text' | 'length' | 'data' | 'end';

/**
 * Reads journald's export format: `NAME=value` lines, or a name alone, 64 bits of length, little-endian, and the bytes; an empty line
 * ends an entry. Takes chunks as they come, and keeps nothing of fields that were not asked for.
 */
export class ExportParser {
  #state: State = 'name';
  #name = '';
  #length = Buffer.alloc(0);
  #left = 0n;
  #value: Collected | undefined;
  #fields = new Map<string, Buffer>();
  #cut = new Map<string, number>();

  /** `limits`: the fields wanted, and the most bytes that are kept of each. */
  constructor(private readonly limits: ReadonlyMap<string, number>) {}

  /** Entries that end in `chunk`. Throws if it is no export format. */
  *push(chunk: Buffer): Generator<ExportRecord, void, undefined> {
    for (let at = 0; at < chunk.length;) {
      const ended = this.#state === 'name' && this.#name === '' && chunk[at] === NEWLINE;
      at = ended ? at + 1 : this.#step(chunk, at);
      if (ended) yield this.#take();
    }
  }

  #take(): ExportRecord {
    const record = { fields: this.#fields, cut: this.#cut };
    this.#fields = new Map();
    this.#cut = new Map();
    return record;
  }

  #step(chunk: Buffer, at: number): number {
    switch (this.#state) {
      case 'name':
        return this.#readName(chunk, at);
      case 'text':
        return this.#readText(chunk, at);
      case 'length':
        return this.#readLength(chunk, at);
      case 'data':
        return this.#readData(chunk, at);
      case 'end':
        if (chunk[at] !== NEWLINE) throw new Error('a binary field does not end where it should');
        this.#finishField();
        return at + 1;
    }
  }

  #readName(chunk: Buffer, at: number): number {
    let end = at;
    while (end < chunk.length && chunk[end] !== EQUALS && chunk[end] !== NEWLINE) end++;
    this.#name += chunk.toString('latin1', at, Math.min(end, at + NAME_LIMIT + 1));
    if (this.#name.length > NAME_LIMIT) throw new Error('a field has no name');
    if (end === chunk.length) return end;
    this.#state = chunk[end] === EQUALS ? 'text' : 'length';
    const limit = this.limits.get(this.#name);
    this.#value = limit === undefined || this.#fields.has(this.#name) ? undefined : new Collected(limit);
    return end + 1;
  }

  #readText(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(NEWLINE, at);
    this.#value?.add(chunk.subarray(at, end < 0 ? chunk.length : end));
    if (end < 0) return chunk.length;
    this.#finishField();
    return end + 1;
  }

  #readLength(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + LENGTH_BYTES - this.#length.length);
    this.#length = Buffer.concat([this.#length, chunk.subarray(at, end)]);
    if (this.#length.length === LENGTH_BYTES) {
      this.#left = this.#length.readBigUInt64LE();
      this.#length = Buffer.alloc(0);
      this.#state = this.#left === 0n ? 'end' : 'data';
    }
    return end;
  }

  #readData(chunk: Buffer, at: number): number {
    const here = chunk.length - at;
    const end = BigInt(here) < this.#left ? chunk.length : at + Number(this.#left);
    this.#value?.add(chunk.subarray(at, end));
    this.#left -= BigInt(end - at);
    if (this.#left === 0n) this.#state = 'end';
    return end;
  }

  #finishField(): void {
    if (this.#value !== undefined) {
      this.#fields.set(this.#name, this.#value.bytes());
      if (this.#value.cut > 0) this.#cut.set(this.#name, this.#value.cut);
    }
    this.#value = undefined;
    this.#name = '';
    this.#state = 'name';
  }
}

/** The beginning of a value. */
class Collected {
  readonly #pieces: Buffer[] = [];
  #room: number;
  cut = 0;

  constructor(limit: number) {
    this.#room = limit;
  }

  add(bytes: Buffer): void {
    const kept = bytes.subarray(0, this.#room);
    if (kept.length > 0) this.#pieces.push(kept);
    this.#room -= kept.length;
    this.cut += bytes.length - kept.length;
  }

  /** A copy: a small field must not hold the whole chunk that it came in. */
  bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}
