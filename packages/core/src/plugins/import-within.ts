import { pathToFileURL } from 'node:url';

/** The module in the file `path`. Rejects with what it threw, or if it was not loaded after `timeoutMs`. */
export async function importWithin(path: string, timeoutMs: number): Promise<object> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `it was not loaded after ${timeoutMs} ms: does it await something for ever?`;
    timer = setTimeout(() => reject(new Error(message)), timeoutMs);
  });
  try {
    return await Promise.race([import(/* @vite-ignore */ pathToFileURL(path).href) as Promise<object>, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A CommonJS module that a compiler made of an ES module has its default export one level down. */
export function defaultExport(module: object): unknown {
  const value: unknown = (module as { default?: unknown }).default;
  if (typeof value === 'object' && value !== null && '__esModule' in value && 'default' in value) return value.default;
  return value;
}
