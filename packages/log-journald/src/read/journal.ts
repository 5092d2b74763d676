import { setTimeout as delay } from 'node:timers/promises';
import { ShimError, type LoggedContainer } from '@holdfast/core/plugin';
import { Journalctl, type JournalctlEnd } from '../journald/journalctl.js';
import { namespaceArgs, synchronize } from '../journald/synchronize.js';
import { recordParser, storedRecord, type StoredRecord } from './stored-record.js';

/** Where reading begins: at an entry, after it, at a time (nanoseconds since the epoch), or with the first. */
export type Position = { readonly at: string } | { readonly after: string } | { readonly since: bigint } | undefined;

const RESTARTS = 5;
const RESTART_DELAY_MS = 50;
const SYNC_MS = 2_000;
/** An entry is younger than its record, but clocks are set back. */
const CLOCK_SLACK_NS = 2_000_000_000n;

/** The entries of one container. Everything is read by journalctl, which is restarted after the last entry if it dies. */
export class Journal {
  readonly #args: readonly string[];

  constructor(
    { id, namespace: shimNamespace, createdAt }: LoggedContainer,
    private readonly namespace: string | undefined,
    private readonly signal: AbortSignal,
  ) {
    const matches = [`CONTAINER_ID_FULL=${id}`, `HOLDFAST_NAMESPACE=${shimNamespace}`];
    if (createdAt !== '') matches.push(`HOLDFAST_CREATED=${createdAt}`);
    // journald says who sent an entry; anybody can send one that names a container.
    matches.push(`_UID=${process.getuid?.() ?? 0}`);
    this.#args = [...namespaceArgs(namespace), '--quiet', '--no-pager', '--output=export', ...matches];
  }

  /** Lets journald write what it was sent, so that it can be read; for a while, since it may be gone. */
  async settle(): Promise<void> {
    // Not AbortSignal.any of a timeout: Node 20 lets the garbage collector take such a pair.
    const limit = new AbortController();
    const stop = (): void => limit.abort();
    const timer = setTimeout(stop, SYNC_MS);
    this.signal.addEventListener('abort', stop, { once: true });
    if (this.signal.aborted) stop();
    await synchronize(this.namespace, limit.signal).catch(() => undefined);
    clearTimeout(timer);
    this.signal.removeEventListener('abort', stop);
  }

  /** From the last one to the first, or to the first since a time. */
  async *backward(since: bigint | undefined): AsyncGenerator<StoredRecord, void, undefined> {
    const args = ['--reverse', ...positionArgs(since === undefined ? undefined : { since })];
    const { code, stderr } = yield* this.#run(args);
    if (code !== 0 && !this.signal.aborted) throw readError(stderr);
  }

  /** Cursor of the last one; undefined if there is none. */
  async newest(): Promise<string | undefined> {
    for await (const { cursor } of this.backward(undefined)) return cursor;
    return undefined;
  }

  /** Those that are there. */
  forward(from: Position): AsyncGenerator<StoredRecord, Position, undefined> {
    return this.#read(from, []);
  }

  /** What is written later as well, until `stop`; what was written before it may still have to be read with {@link forward}. */
  follow(from: Position, stop: AbortSignal): AsyncGenerator<StoredRecord, Position, undefined> {
    return this.#read(from, ['--follow', '--no-tail'], stop);
  }

  /** Returns the position after the last one. */
  async *#read(
    from: Position,
    mode: readonly string[],
    stop?: AbortSignal,
  ): AsyncGenerator<StoredRecord, Position, undefined> {
    let position = from;
    for (let failures = 0; !this.#over(stop);) {
      const records = this.#run([...mode, ...positionArgs(position)], stop);
      try {
        let next = await records.next();
        for (; next.done !== true; next = await records.next()) {
          position = { after: next.value.cursor };
          failures = 0;
          yield next.value;
        }
        if (this.#over(stop) || (stop === undefined && next.value.code === 0)) break;
        if (++failures > RESTARTS) throw readError(next.value.stderr);
      } finally {
        await records.return({ code: null, signal: null, stderr: '' });
      }
      await delay(RESTART_DELAY_MS * failures);
    }
    return position;
  }

  #over(stop: AbortSignal | undefined): boolean {
    return this.signal.aborted || stop?.aborted === true;
  }

  async *#run(args: readonly string[], stop?: AbortSignal): AsyncGenerator<StoredRecord, JournalctlEnd, undefined> {
    const journalctl = new Journalctl([...this.#args, ...args]);
    const signals = stop === undefined ? [this.signal] : [this.signal, stop];
    const kill = (): void => journalctl.kill();
    for (const signal of signals) signal.addEventListener('abort', kill, { once: true });
    if (this.#over(stop)) kill();
    try {
      const parser = recordParser();
      for await (const chunk of journalctl.stdout) {
        for (const record of parser.push(chunk)) yield storedRecord(record);
      }
      return await journalctl.ended;
    } catch (error) {
      throw readError(error instanceof Error ? error.message : String(error), error);
    } finally {
      kill();
      for (const signal of signals) signal.removeEventListener('abort', kill);
      await journalctl.ended;
    }
  }
}

function positionArgs(position: Position): string[] {
  if (position === undefined) return [];
  if ('at' in position) return [`--cursor=${position.at}`];
  if ('after' in position) return [`--after-cursor=${position.after}`];
  const micros = (position.since - CLOCK_SLACK_NS) / 1000n;
  if (micros <= 0n) return [];
  return [`--since=@${micros / 1_000_000n}.${String(micros % 1_000_000n).padStart(6, '0')}`];
}

function readError(why: string, cause?: unknown): ShimError {
  return new ShimError('SHIM_LOG_READ', `cannot read the journal: ${why}`, { where: 'journalctl', cause });
}
