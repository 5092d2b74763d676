import { MAX_ELEMENTS, repeated, string, type Field } from './field.js';
import { message } from './message.js';
import { malformed } from './wire-reader.js';

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
    write: (writer, map) =>
      entries.write(
        writer,
        Array.from(map, ([key, value]) => ({ key, value })),
      ),
  };
}
