import type { Writable } from 'node:stream';
import { ShimError, type LogEntry, type LogGap, type StreamName } from '@holdfast/core/plugin';
import type { CliEnvironment } from '../environment.js';
import { formatTime } from './format-time.js';
import { escapeControls } from './escape.js';
import { writeTo } from './output.js';

const NEWLINE = Buffer.from('\n');
/** Records are gathered up to here, since a write for each line is slow. */
const GATHER_BYTES = 1 << 16;

/** What is shown besides the records' own bytes. */
export interface Shown {
  /** The time, before each line. */
  readonly timestamps?: boolean;
  /** Where records are missing, on stderr; true if left out. */
  readonly gaps?: boolean;
}

/** Writes log records back to the streams they came from, bytes unchanged. */
export class RecordWriter {
  #gathered: Buffer[] = [];
  #bytes = 0;
  #stream: StreamName = 'stdout';
  #writing: Promise<void> = Promise.resolve();
  #scheduled: NodeJS.Immediate | undefined;
  #keepsTimes = false;
  /** Streams whose last record was partial: the next one goes on with the line. */
  readonly #open = new Set<StreamName>();

  constructor(
    private readonly environment: Pick<CliEnvironment, 'stdout' | 'stderr'>,
    private readonly shown: Shown = {},
  ) {}

  /** Resolves when more may come; rejects if an earlier write failed, and with SHIM_UNSUPPORTED if there are no times to show. */
  async push(item: LogEntry | LogGap): Promise<void> {
    if (item.type === 'gap') return this.shown.gaps === false ? undefined : this.#gap(item);
    if (item.stream !== this.#stream) await this.flush();
    this.#stream = item.stream;
    if (this.shown.timestamps && !this.#open.has(item.stream)) this.#addTime(item);
    this.#add(item.bytes);
    if (item.partial) this.#open.add(item.stream);
    else {
      this.#open.delete(item.stream);
      this.#add(NEWLINE);
    }
    if (this.#bytes >= GATHER_BYTES) return this.flush();
    // The source may have nothing more for now, and what it gave must be seen.
    this.#scheduled ??= setImmediate(() => void this.flush().catch(() => undefined));
  }

  async #endLine(stream: StreamName): Promise<void> {
    if (!this.#open.delete(stream)) return;
    if (stream !== this.#stream) await this.flush();
    this.#stream = stream;
    this.#add(NEWLINE);
  }

  /** Resolves when everything pushed has been written. */
  flush(): Promise<void> {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    if (this.#bytes === 0) return this.#writing;
    const chunk = Buffer.concat(this.#gathered, this.#bytes);
    const target: Writable = this.environment[this.#stream];
    this.#gathered = [];
    this.#bytes = 0;
    this.#writing = this.#writing.then(() => writeTo(target, chunk));
    return this.#writing;
  }

  /** `bytes` may be a view of memory that the driver uses again, so it is copied. */
  #add(bytes: Buffer): void {
    this.#gathered.push(Buffer.from(bytes));
    this.#bytes += bytes.length;
  }

  /** A line of others' making may lack it; a log that keeps none shows so in its first line. */
  #addTime({ time }: LogEntry): void {
    if (time !== undefined) {
      this.#keepsTimes = true;
      this.#add(Buffer.from(`${formatTime(time)} `));
    } else if (!this.#keepsTimes) {
      throw new ShimError('SHIM_UNSUPPORTED', 'the log of the container keeps no times', {
        where: '--timestamps',
        remedy: 'Leave --timestamps out, or run the container with logs that keep times: file (cri or json), journald.',
      });
    }
  }

  /** What comes behind it may be of another line than what came before. */
  async #gap(gap: LogGap): Promise<void> {
    for (const stream of gap.stream === undefined ? [...this.#open] : [gap.stream]) await this.#endLine(stream);
    await this.flush();
    await writeTo(this.environment.stderr, `shimctl: ${lossOf(gap)} missing here: ${escapeControls(gap.reason)}\n`);
  }
}

/** `3 log records (120 bytes) of stderr are`, as far as it is known. */
function lossOf({ records, bytes, stream }: LogGap): string {
  const count = records === undefined ? 'log records' : `${records} log record${records === 1 ? '' : 's'}`;
  const size = bytes === undefined ? '' : ` (${bytes} byte${bytes === 1 ? '' : 's'})`;
  return `${count}${size}${stream === undefined ? '' : ` of ${stream}`} ${records === 1 ? 'is' : 'are'}`;
}
