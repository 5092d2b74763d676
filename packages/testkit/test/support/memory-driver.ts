import { EventEmitter, once } from 'node:events';
import { mkdirSync } from 'node:fs';
import {
  definePlugin,
  type LogBatch,
  type LogDriver,
  type LogDriverContext,
  type LogEntry,
  type LogGap,
  type LogLoss,
  type LogQuery,
  type PluginDefinition,
} from '@holdfast/core/plugin';

/** What the driver does wrong. */
export type Mistake =
  | 'keeps the batch'
  | 'changes the batch'
  | 'loses a last partial record'
  | 'mixes containers'
  | 'mixes namespaces'
  | 'reads bytes as text'
  | 'trims lines'
  | 'calls every record a line'
  | 'begins anew after a restart'
  | 'makes directories in create'
  | 'lists an absent method'
  | 'mixes streams'
  | 'loses times'
  | 'stops before the end'
  | 'counts a lost record'
  | 'accepts any option'
  | 'forgets gaps'
  | 'takes text for gaps';

/** A log driver that keeps records in memory, and makes the given mistake. */
export function memoryDriver(mistake?: Mistake): PluginDefinition<'log-driver'> {
  const logs = new Map<string, Log>();
  return definePlugin({
    kind: 'log-driver',
    name: 'memory',
    apiVersion: 1,
    optionsSchema: { type: 'object', additionalProperties: mistake === 'accepts any option' },
    create(context) {
      if (mistake === 'makes directories in create') mkdirSync(context.directory, { recursive: true });
      const key = keyOf(context, mistake);
      const log = logs.get(key) ?? { entries: [], kept: [], changes: new EventEmitter().setMaxListeners(0) };
      logs.set(key, log);
      const driver = new MemoryDriver(log, mistake);
      if (mistake === 'lists an absent method') Object.assign(driver, { reopen: undefined });
      return driver;
    },
  });
}

interface Log {
  entries: (LogEntry | LogGap)[];
  kept: LogBatch[];
  readonly changes: EventEmitter;
}

function keyOf({ container }: LogDriverContext, mistake?: Mistake): string {
  if (mistake === 'mixes containers') return '';
  return mistake === 'mixes namespaces' ? container.id : `${container.namespace}/${container.id}`;
}

class MemoryDriver implements LogDriver {
  constructor(
    private readonly log: Log,
    private readonly mistake?: Mistake,
  ) {}

  open(): Promise<void> {
    if (this.mistake === 'begins anew after a restart') this.log.entries.length = 0;
    return Promise.resolve();
  }

  write(batch: LogBatch): void {
    for (let i = 0; i < batch.count; i++) this.log.entries.push(this.#entry(batch, i));
    if (this.mistake === 'changes the batch') batch.bytes[0] = 0;
    this.log.changes.emit('change');
  }

  gap({ stream, records, bytes, reason, to: time }: LogLoss): void {
    if (this.mistake === 'forgets gaps') return;
    this.log.entries.push({ type: 'gap', stream, records, bytes, reason, time });
    this.log.changes.emit('change');
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<{ lost: number }> {
    const { entries } = this.log;
    if (this.mistake === 'loses a last partial record' && isPartial(entries.at(-1))) entries.pop();
    return Promise.resolve({ lost: this.mistake === 'counts a lost record' ? 1 : 0 });
  }

  reopen(): Promise<void> {
    return Promise.resolve();
  }

  async *read(
    { streams, since, until, tail, follow }: LogQuery,
    signal: AbortSignal,
  ): AsyncIterable<LogEntry | LogGap> {
    const wanted = ({ stream = 'stdout', time = 0n }: LogEntry | LogGap): boolean =>
      (streams?.includes(stream) ?? true) && time >= (since ?? 0n) && (until === undefined || time < until);
    let read = this.log.entries.length;
    yield* lastLines(this.log.entries.filter(wanted), tail, this.mistake);
    while (follow !== undefined && !signal.aborted) {
      const last = follow.aborted;
      if (last && this.mistake === 'stops before the end') return;
      const news = this.log.entries.slice(read);
      read += news.length;
      yield* news.filter(wanted);
      if (last) return;
      if (read === this.log.entries.length) await changed(this.log, AbortSignal.any([signal, follow]));
    }
  }

  #entry(batch: LogBatch, i: number): LogEntry | LogGap {
    const { stream, time, partial, bytes } = batch.record(i);
    if (this.mistake === 'takes text for gaps' && bytes.includes(' lost: '))
      return { type: 'gap', records: undefined, reason: 'text' };
    const text = this.mistake === 'reads bytes as text' ? Buffer.from(bytes.toString()) : bytes;
    const trimmed = this.mistake === 'trims lines' ? Buffer.from(text.toString('latin1').trim(), 'latin1') : text;
    return {
      type: 'entry',
      stream: this.mistake === 'mixes streams' ? 'stdout' : stream,
      time: this.mistake === 'loses times' ? undefined : time,
      bytes: this.mistake === 'keeps the batch' ? trimmed : Buffer.from(trimmed),
      partial,
    };
  }
}

async function changed({ changes }: Log, signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(changes, 'change', { signal }).catch(() => undefined);
}

function isPartial(item: LogEntry | LogGap | undefined): boolean {
  return item?.type === 'entry' && item.partial;
}

function lastLines(entries: readonly (LogEntry | LogGap)[], tail = Infinity, mistake?: Mistake): (LogEntry | LogGap)[] {
  if (tail === Infinity) return [...entries];
  const lines: (LogEntry | LogGap)[][] = [];
  for (const entry of entries) {
    const open = lines.findLast(([first]) => first?.stream === entry.stream);
    if (open !== undefined && isPartial(open.at(-1)) && mistake !== 'calls every record a line') open.push(entry);
    else lines.push([entry]);
  }
  return lines.slice(Math.max(0, lines.length - tail)).flat();
}
