import type { ExitDocument } from '../api/documents.js';
import type { StreamName } from '../plugin/log-batch.js';
import type { ShimError } from '../plugin/shim-error.js';

/** A connection that sees a process's output. */
export interface AttachClient {
  /** It started the process: output waits for it. */
  readonly primary: boolean;
  /** Copies `bytes`. The promise of a primary client is back-pressure; others drop what they can't take and say so. */
  send(stream: StreamName, bytes: Buffer): Promise<void> | undefined;
  exit(exit: ExitDocument): void;
  fail(error: ShimError): void;
}

/** The clients attached to one process. */
export class AttachHub {
  readonly #clients = new Set<AttachClient>();
  readonly #arrivals = new Set<() => void>();
  #ended: ((client: AttachClient) => void) | undefined;

  constructor(private readonly onPrimaryChange: (attached: boolean) => void = () => undefined) {}

  get primaryAttached(): boolean {
    return [...this.#clients].some((client) => client.primary);
  }

  /** A client that comes after the end is told so at once. Returns the function that takes the client away. */
  add(client: AttachClient): () => void {
    if (this.#ended !== undefined) {
      this.#ended(client);
      return () => undefined;
    }
    this.#clients.add(client);
    if (client.primary) this.onPrimaryChange(true);
    for (const arrived of this.#arrivals) arrived();
    return () => {
      if (this.#clients.delete(client) && client.primary) this.onPrimaryChange(this.primaryAttached);
    };
  }

  /** Resolves when a primary client is there, or after `ms`. */
  primaryArrival(ms: number): Promise<void> {
    if (this.primaryAttached) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#arrivals.delete(arrived);
        resolve();
      };
      const arrived = (): void => (this.primaryAttached ? done() : undefined);
      const timer = setTimeout(done, ms);
      this.#arrivals.add(arrived);
    });
  }

  send(stream: StreamName, bytes: Buffer): Promise<void> | undefined {
    let waits: Promise<void>[] | undefined;
    for (const client of this.#clients) {
      const wait = client.send(stream, bytes);
      if (wait !== undefined && client.primary) (waits ??= []).push(wait);
    }
    return waits === undefined ? undefined : Promise.all(waits).then(() => undefined);
  }

  /** Everything was sent: tells all clients, those to come too. */
  exit(exit: ExitDocument): void {
    this.#end((client) => client.exit(exit));
  }

  fail(error: ShimError): void {
    this.#end((client) => client.fail(error));
  }

  #end(tell: (client: AttachClient) => void): void {
    if (this.#ended !== undefined) return;
    this.#ended = tell;
    for (const client of this.#clients) tell(client);
    this.#clients.clear();
  }
}
