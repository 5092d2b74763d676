import type { EventDocument } from '../api/documents.js';

/** One sequence of several, by time; each keeps its own order. */
export async function* mergeEvents(sources: readonly AsyncGenerator<EventDocument>[]): AsyncGenerator<EventDocument> {
  const heads: { event: EventDocument; source: AsyncGenerator<EventDocument> }[] = [];
  const advance = async (source: AsyncGenerator<EventDocument>): Promise<void> => {
    const next = await source.next();
    if (next.done !== true) heads.push({ event: next.value, source });
  };
  try {
    for (const source of sources) await advance(source);
    while (heads.length > 0) {
      const first = heads.reduce((best, each, i) => (each.event.time < (heads[best]?.event.time ?? '') ? i : best), 0);
      const [head] = heads.splice(first, 1);
      if (head === undefined) return;
      yield head.event;
      await advance(head.source);
    }
  } finally {
    for (const source of sources) await source.return(undefined);
  }
}
