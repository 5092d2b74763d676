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

/** Who is attached. */
export interface Attendance {
  readonly primary: boolean;
  readonly clients: number;
}

/** The clients attached to one process. */
export class AttachHub {
  readonly #clients = new Set<AttachClient>();
  #recorded: Promise<void> = Promise.resolve();
  readonly #arrivals = new Set<() => void>();
  readonly #watchers: (() => void)[] = [];
  #ended: ((client: AttachClient) => void) | undefined;
  #welcome: () => void = () => undefined;

  /** `canCome`: when clients can; their time to arrive begins then. */
  constructor(
    private readonly onChange: (clients: Attendance) => void | Promise<void> = () => undefined,
    private readonly canCome: Promise<void> = Promise.resolve(),
  ) {}

  /** Resolves when it is recorded who is there now. */
  get recorded(): Promise<void> {
    return this.#recorded;
  }

  get primaryAttached(): boolean {
    return [...this.#clients].some((client) => client.primary);
  }

  /** Nobody sees what is sent. */
  get empty(): boolean {
    this.#welcome();
    return this.#clients.size === 0;
  }

  /** `watcher` is called before each client that comes: what is sent later is for it too. */
  watch(watcher: () => void): void {
    this.#watchers.push(watcher);
  }

  /** A client that comes after the end is told so at once. Returns the function that takes the client away. */
  add(client: AttachClient): () => void {
    if (this.#ended !== undefined) {
      this.#ended(client);
      return () => undefined;
    }
    for (const watcher of this.#watchers) watcher();
    this.#clients.add(client);
    this.#tell();
    for (const arrived of this.#arrivals) arrived();
    return () => {
      if (this.#clients.delete(client)) this.#tell();
    };
  }

  /** Resolves when a primary client is there, or after `ms` in which it could come. */
  primaryArrival(ms: number): Promise<void> {
    return this.arrival({ primary: true, clients: 0 }, ms);
  }

  /** Resolves when so many clients are there, a primary one among them if `primary` says so, or after `ms` as above. */
  arrival({ primary, clients }: Attendance, ms: number): Promise<void> {
    const complete = (): boolean => this.#clients.size >= clients && (!primary || this.primaryAttached);
    if (complete()) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#arrivals.delete(arrived);
        resolve();
      };
      const arrived = (): void => (complete() ? done() : undefined);
      let timer: NodeJS.Timeout | undefined;
      void this.canCome.then(() => {
        if (this.#arrivals.has(arrived)) timer = setTimeout(done, ms);
      });
      this.#arrivals.add(arrived);
    });
  }

  /** `welcome` is called before anything is sent: who is at the door by then gets it, however late the loop comes to look there. */
  welcoming(welcome: () => void): void {
    this.#welcome = welcome;
  }

  send(stream: StreamName, bytes: Buffer): Promise<void> | undefined {
    this.#welcome();
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

  #tell(): void {
    this.#recorded = Promise.resolve(this.onChange({ primary: this.primaryAttached, clients: this.#clients.size }));
  }

  #end(tell: (client: AttachClient) => void): void {
    if (this.#ended !== undefined) return;
    this.#ended = tell;
    for (const client of this.#clients) tell(client);
    this.#clients.clear();
  }
}
