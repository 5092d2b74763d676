import type { EventDocument } from '../api/documents.js';

/** The file is put aside before it would grow over this. */
export const EVENT_FILE_BYTES = 1 << 20;
/** A line is never longer. */
export const EVENT_LINE_BYTES = 16 << 10;
/** What the older part of the events is called. */
export const OLDER_SUFFIX = '.1';

/** Keeps a line below {@link EVENT_LINE_BYTES}: all other parts are bounded. */
const TEXT_CHARACTERS = 1_000;

/** One line of the events file, its newline with it. */
export function encodeEvent(event: EventDocument): Buffer {
  const line = JSON.stringify(event, (_key, value: unknown) =>
    typeof value === 'string' && value.length > TEXT_CHARACTERS ? `${value.slice(0, TEXT_CHARACTERS)}…` : value,
  );
  return Buffer.from(`${line}\n`);
}

/** The event of a line; undefined for one that was torn by the death of its writer. */
export function decodeEvent(line: string): EventDocument | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEvent(value: unknown): value is EventDocument {
  if (typeof value !== 'object' || value === null) return false;
  const { cursor, time, type, namespace, id, instance, group, attributes } = value as Record<
    keyof EventDocument,
    unknown
  >;
  const texts = [time, type, namespace, id, instance, group];
  return (
    Number.isSafeInteger(cursor) &&
    texts.every((text) => typeof text === 'string') &&
    typeof attributes === 'object' &&
    attributes !== null
  );
}
