import type { Duplex } from 'node:stream';
import { asTtrpcError, type TtrpcError } from './codes.js';
import type { Metadata } from './metadata.js';
import type { Service } from './method.js';
import { ServerConnection } from './server-connection.js';

export interface TtrpcServerOptions {
  /** What a client is told of what a handler threw; {@link asTtrpcError} unless given. */
  readonly statusOf?: (error: unknown) => TtrpcError;
  /** Called when {@link TtrpcServer.calls} may have changed. */
  readonly changed?: () => void;
}

/** Services, and the connections that they are served on. */
export class TtrpcServer {
  readonly #services = new Map<string, Service>();
  readonly #connections = new Set<ServerConnection>();

  constructor(private readonly options: TtrpcServerOptions = {}) {}

  /** `name` is the full one, such as "containerd.task.v2.Task". */
  register(name: string, service: Service): void {
    if (this.#services.has(name)) throw new Error(`service ${name} is registered already`);
    this.#services.set(name, service);
  }

  /** Calls without an answer, over all connections. */
  get calls(): number {
    let calls = 0;
    for (const connection of this.#connections) calls += connection.calls;
    return calls;
  }

  get connections(): ReadonlySet<ServerConnection> {
    return this.#connections;
  }

  /** Owns `duplex` from here on. `id` names the connection in {@link Call}s. */
  serveConnection(options: { id: string; duplex: Duplex; metadata?: Metadata }): ServerConnection {
    const connection = new ServerConnection({
      ...options,
      services: this.#services,
      statusOf: this.options.statusOf ?? asTtrpcError,
      changed: this.options.changed ?? (() => undefined),
    });
    this.#connections.add(connection);
    void connection.closed.then(() => this.#connections.delete(connection));
    connection.start();
    return connection;
  }

  /** Resolves when the kernel has every answer given so far. */
  async flushed(): Promise<void> {
    await Promise.all(Array.from(this.#connections, (connection) => connection.flushed()));
  }

  /** Closes all connections. Calls without an answer stay without one: the next shimd is sent them again. */
  close(): void {
    for (const connection of [...this.#connections]) connection.close();
  }
}
