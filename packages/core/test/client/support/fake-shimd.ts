import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ERROR_CODES, type ErrorCode, type ShimError } from '@holdfast/core/plugin';
import type { ShimEndpoint } from '../../../src/client/endpoint.js';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

type Handler = (seen: Seen, response: ServerResponse, request: IncomingMessage) => void;
type Upgrader = (socket: Socket, path: string) => void;

/** A server that speaks the routes as a test tells it to, and can die and come back. */
export class FakeShimd implements ShimEndpoint {
  readonly directory = mkdtempSync(join(tmpdir(), 'holdfast-client-'));
  readonly socketPath = join(this.directory, 's');
  readonly group = 'default';
  readonly seen: Seen[] = [];
  patienceMs = 5_000;
  ensured = 0;
  /** False, from the next `up` on: an upgrade is answered as any request. */
  upgrades = true;
  /** What `ensure` does: by default it brings the server back. */
  onEnsure: () => Promise<void> = () => this.up();
  onRequest: Handler = (_seen, response) => answer(response, 200, {});
  onUpgrade: Upgrader = (socket) => socket.destroy();
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();

  async ensure(): Promise<void> {
    this.ensured += 1;
    await this.onEnsure();
  }

  /** What is known to be wrong with it. */
  troubled: ShimError | undefined;

  trouble(): ShimError | undefined {
    return this.troubled;
  }

  lastWords(): string {
    return 'last words';
  }

  async up(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((request, response) => void this.#serve(request, response));
    this.#server = server;
    if (this.upgrades)
      server.on('upgrade', (request, socket) => {
        socket.on('error', () => undefined);
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: holdfast/1\r\n\r\n');
        this.onUpgrade(socket as Socket, request.url ?? '');
      });
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(this.socketPath, resolve));
  }

  /** Cuts every connection and stops listening, as a death does. */
  async down(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  async remove(): Promise<void> {
    await this.down();
    rmSync(this.directory, { recursive: true });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const text = Buffer.concat(parts).toString();
    const seen = {
      method: request.method ?? '',
      path: request.url ?? '',
      body: text === '' ? undefined : JSON.parse(text),
    } as Seen;
    this.seen.push(seen);
    this.onRequest(seen, response, request);
  }
}

export function answer(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** Answers as shimd does when it throws. */
export function answerError(response: ServerResponse, code: ErrorCode, message: string): void {
  answer(response, ERROR_CODES[code].status, { error: { code, message, remedy: 'mend it' } });
}
