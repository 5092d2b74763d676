import type { Request } from './envelope.js';

/** What goes along with a request: values by key. A key may have several. */
export type Metadata = ReadonlyMap<string, readonly string[]>;

/** The namespace that a call is about. */
export const NAMESPACE_KEY = 'containerd-namespace-ttrpc';

/** Of a request, with `defaults` for what it doesn't say. */
export function readMetadata(entries: Request['metadata'], defaults: Metadata): Metadata {
  if (entries.length === 0) return defaults;
  const own = new Map<string, string[]>();
  for (const { key, value } of entries) {
    const values = own.get(key);
    if (values === undefined) own.set(key, [value]);
    else values.push(value);
  }
  return new Map<string, readonly string[]>([...defaults, ...own]);
}

export function metadataEntries(metadata: Metadata): { key: string; value: string }[] {
  return Array.from(metadata).flatMap(([key, values]) => values.map((value) => ({ key, value })));
}
