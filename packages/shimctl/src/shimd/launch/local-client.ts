import type { Writable } from 'node:stream';
import type { AttachClient, ExitDocument, ShimError, StreamName } from '@holdfast/core';

/** What a client that is not primary may be behind before it misses output. */
const BACKLOG_BYTES = 1 << 20;

/** Where a {@link LocalClient} puts output. */
export interface LocalClientOptions {
  readonly primary: boolean;
  readonly stdout: Writable;
  readonly stderr: Writable;
  onGap(bytes: number): void;
}

/** Somebody attached to a process in this shim. */
export class LocalClient implements AttachClient {
  readonly primary: boolean;
  /** Resolves once all output has been written; rejects with what ends it otherwise. */
  readonly ended: Promise<ExitDocument>;
  #settle: { resolve: (exit: ExitDocument) => void; reject: (error: ShimError) => void } | undefined;
  readonly #unwritten = new Set<() => void>();
  #idle: (() => void) | undefined;
  #missed = 0;
  #left = false;

  constructor(private readonly options: LocalClientOptions) {
    this.primary = options.primary;
    this.ended = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.ended.catch(() => undefined);
  }

  send(stream: StreamName, bytes: Buffer): Promise<void> | undefined {
    const target = this.options[stream];
    if (this.#left || target.destroyed) return undefined;
    if (!this.primary && target.writableLength > BACKLOG_BYTES) {
      this.#missed += bytes.length;
      return undefined;
    }
    this.#reportGap();
    const written = this.#write(target, Buffer.from(bytes));
    return this.primary ? written : undefined;
  }

  exit(exit: ExitDocument): void {
    this.#reportGap();
    const done = (): void => this.#settle?.resolve(exit);
    if (this.#unwritten.size === 0) done();
    else this.#idle = done;
  }

  fail(error: ShimError): void {
    this.#settle?.reject(error);
  }

  /** Nothing waits for it any more. */
  leave(): void {
    this.#left = true;
    for (const done of [...this.#unwritten]) done();
  }

  /** Resolves when it is on its way, or never will be. */
  #write(target: Writable, bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        if (!this.#unwritten.delete(done)) return;
        resolve();
        if (this.#unwritten.size === 0) this.#idle?.();
      };
      this.#unwritten.add(done);
      target.write(bytes, done);
    });
  }

  #reportGap(): void {
    if (this.#missed === 0) return;
    this.options.onGap(this.#missed);
    this.#missed = 0;
  }
}
