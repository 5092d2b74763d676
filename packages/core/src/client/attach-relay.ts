import type { Writable } from 'node:stream';
import { OutputSink } from './attach-output.js';
import type { FrameConsumer } from './attach-session.js';

type StreamName = 'stdout' | 'stderr';

const NAMES: Readonly<Record<number, StreamName>> = { 1: 'stdout', 2: 'stderr' };

/** Bytes that this client misses; `stream` is null if the server does not tell. */
export interface OutputGap {
  readonly stream: StreamName | null;
  readonly bytes: number;
}

export interface OutputRelayOptions {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly onAcknowledged?: (offset: bigint) => void;
  /** Puts out what the logs have from before that time, in nanoseconds since the epoch; the rest waits for it. */
  readonly onCut?: (until: bigint) => Promise<void>;
  readonly onGap?: (gap: OutputGap) => void;
  readonly onOutputError?: (stream: StreamName, error: Error) => void;
}

/**
 * Puts output where it belongs. A shimd that starts again sends once more what it had sent and not yet logged (a batch at
 * most); offsets count from the beginning of each connection, so that they can't tell.
 */
export class OutputRelay implements FrameConsumer {
  readonly #sinks: Readonly<Record<StreamName, OutputSink>>;
  #received = 0;
  #cutSeen = false;
  /** While what came before is put out: what came since. */
  #held: { name: StreamName; payload: Buffer }[] | undefined;
  #released: Promise<void> | undefined;

  constructor(private readonly options: OutputRelayOptions) {
    const sink = (name: StreamName): OutputSink =>
      new OutputSink(options[name], (error) => options.onOutputError?.(name, error));
    this.#sinks = { stdout: sink('stdout'), stderr: sink('stderr') };
  }

  /** What came before the first connection has been told of. */
  get cutSeen(): boolean {
    return this.#cutSeen;
  }

  /** Frames seen so far. */
  get received(): number {
    return this.#received;
  }

  open(): void {
    for (const sink of Object.values(this.#sinks)) sink.open();
  }

  close(): void {
    for (const sink of Object.values(this.#sinks)) sink.close();
  }

  output(stream: number, payload: Buffer): void {
    this.#received += 1;
    const name = NAMES[stream];
    if (name === undefined) return;
    if (this.#held !== undefined) this.#held.push({ name, payload });
    else this.#sinks[name].write(payload);
  }

  gap(stream: number, bytes: number): void {
    this.#received += 1;
    this.options.onGap?.({ stream: NAMES[stream] ?? null, bytes });
  }

  acknowledged(offset: bigint): void {
    this.options.onAcknowledged?.(offset);
  }

  cut(until: bigint): Promise<void> {
    this.#received += 1;
    this.#cutSeen = true;
    this.#held = [];
    const before = this.options.onCut?.(until) ?? Promise.resolve();
    this.#released = before.finally(() => {
      const held = this.#held ?? [];
      this.#held = this.#released = undefined;
      for (const { name, payload } of held) this.#sinks[name].write(payload);
    });
    return this.#released;
  }

  backPressure(): Promise<void> | undefined {
    if (this.#released !== undefined) return this.#released.catch(() => undefined);
    const full = Object.values(this.#sinks).filter((sink) => sink.full);
    if (full.length === 0) return undefined;
    return Promise.all(full.map((sink) => sink.writable())).then(() => undefined);
  }

  async flushed(): Promise<void> {
    await this.#released;
    await Promise.all(Object.values(this.#sinks).map((sink) => sink.flushed()));
  }
}
