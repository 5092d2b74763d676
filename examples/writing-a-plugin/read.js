import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';
import { ShimError } from '@holdfast/core/plugin';

const CHUNK_BYTES = 64 * 1024;
const LOOK_AGAIN_MS = 100;

/** Entries of the log at `path`, oldest first. */
export async function* readLines(path, query, signal) {
  const log = new LineFile(path);
  const wanted = () => filter(log.entries(), query);
  if (query.tail === undefined) yield* wanted();
  else yield* await lastLines(wanted(), query.tail);
  while (query.follow !== undefined && !signal.aborted) {
    // First this, then the file: what was written before the abort is read.
    const last = query.follow.aborted;
    yield* wanted();
    if (last) return;
    await delay(LOOK_AGAIN_MS, undefined, { signal: AbortSignal.any([signal, query.follow]) }).catch(() => undefined);
  }
}

/** Remembers how far it has read. */
class LineFile {
  offset = 0;
  rest = '';
  decoder = new StringDecoder('utf8');

  constructor(path) {
    this.path = path;
  }

  async *entries() {
    const file = await this.open();
    if (file === undefined) return;
    try {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      for (;;) {
        const { bytesRead } = await file.read(chunk, 0, chunk.length, this.offset);
        if (bytesRead === 0) return;
        this.offset += bytesRead;
        const lines = (this.rest + this.decoder.write(chunk.subarray(0, bytesRead))).split('\n');
        this.rest = lines.pop();
        for (const line of lines) if (line !== '') yield toEntry(line);
      }
    } finally {
      await file.close();
    }
  }

  /** Undefined if there is no log yet. */
  async open() {
    try {
      return await open(this.path, constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (cause) {
      if (cause.code === 'ENOENT') return undefined;
      throw new ShimError('SHIM_LOG_READ', `cannot read ${this.path}: ${cause.message}`, { where: this.path, cause });
    }
  }
}

function toEntry(line) {
  try {
    const { time, stream, partial, text, base64 } = JSON.parse(line);
    const bytes = text === undefined ? Buffer.from(base64, 'base64') : Buffer.from(text);
    return { type: 'entry', stream, time: BigInt(time), bytes, partial };
  } catch {
    return { type: 'gap', records: undefined, reason: 'a line of the log is torn' };
  }
}

async function* filter(entries, { streams, since, until }) {
  for await (const entry of entries) {
    if (streams !== undefined && entry.type === 'entry' && !streams.includes(entry.stream)) continue;
    if (since !== undefined && entry.time < since) continue;
    if (until !== undefined && entry.time >= until) continue;
    yield entry;
  }
}

/** A run of partial records of a stream is one line. */
async function lastLines(entries, count) {
  const lines = [];
  for await (const entry of entries) {
    const open = lines.findLast(([first]) => first.stream === entry.stream);
    if (open?.at(-1).partial) open.push(entry);
    else lines.push([entry]);
    if (lines.length > count) lines.shift();
  }
  return lines.flat();
}
