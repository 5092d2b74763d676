import { MAX_ELEMENTS, repeated, string, type Field } from './field.js';
import { message } from './message.js';
import { malformed, WIRE } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

const Entry = message('map entry', { key: string(1), value: string(2) });

/** map<string, string>: a list of entries on the wire, of which the last one of a key counts. */
export function stringMap(number: number): Field<ReadonlyMap<string, string>, ReadonlyMap<string, string>> {
  const entries = repeated(number, Entry);
  return {
    number,
    absent: new Map(),
    read: (reader, { wireType, before, depth }) => {
      const [entry] = entries.read(reader, { wireType, before: [], depth });
      const { key, value } = entry ?? { key: '', value: '' };
      if (before.size >= MAX_ELEMENTS) throw malformed(`field ${number} has more than ${MAX_ELEMENTS} entries`);
      return before.size === 0 ? new Map([[key, value]]) : (before as Map<string, string>).set(key, value);
    },
    write: (writer, map) => {
      for (const [key, value] of map) {
        // Empty ones are written, too: so do others, and a map has the same bytes everywhere.
        const entry = new WireWriter();
        entry.tag(1, WIRE.BYTES);
        entry.string(key);
        entry.tag(2, WIRE.BYTES);
        entry.string(value);
        writer.tag(number, WIRE.BYTES);
        writer.bytes(entry.finish());
      }
    },
  };
}
