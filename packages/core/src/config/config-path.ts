/** Keys and indexes from the top of a document to a value. */
export type ConfigPath = readonly (string | number)[];

/** `logs[0].options.maxSize`; a key that is no plain word is quoted. */
export function formatPath(path: ConfigPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (!/^[A-Za-z_$][\w$-]*$/.test(part)) text += `[${JSON.stringify(part.slice(0, 100))}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}

/** The value at `path`, or undefined. */
export function valueAt(document: unknown, path: ConfigPath): unknown {
  let value = document;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** The path that a JSON pointer (RFC 6901) has in `document`. */
export function pathOfPointer(document: unknown, pointer: string): (string | number)[] {
  const path: (string | number)[] = [];
  for (const raw of pointer.split('/').slice(1)) {
    const key = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(valueAt(document, path)) ? Number(key) : key);
  }
  return path;
}

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
