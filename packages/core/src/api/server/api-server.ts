import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { PluginLogger } from '../../plugin/plugin-context.js';
import { isShimError, ShimError } from '../../plugin/shim-error.js';
import type { ShimService } from '../shim-service.js';
import { acceptAttach, refuse, type Attachables } from './attach-endpoint.js';
import { checkPeer } from './check-peer.js';
import { answer, answerError } from './http-error.js';
import { LineStream, sendLines } from './line-stream.js';
import type { BodyReading } from './read-body.js';
import { isScrape, Router } from './router.js';
import { answerText, TextAnswer } from './text-answer.js';

/** For 4 MB at most, from a process of this machine. */
const BODY_TIMEOUT_MS = 60_000;

/** What {@link ApiServer} needs. */
export interface ApiServerOptions extends Pick<BodyReading, 'validators'> {
  readonly service: ShimService;
  readonly attachables: Attachables;
  readonly logger: PluginLogger;
  /** As of {@link BodyReading}; 60 s unless told. */
  readonly bodyTimeoutMs?: number;
}

/** The control API on a listening Unix socket. */
export class ApiServer {
  readonly #router: Router;
  readonly #server: Server;
  readonly #refused = new WeakMap<Socket, ShimError>();
  readonly #attached = new Set<Socket>();
  #leaving = false;
  #active = 0;
  #changing = 0;
  readonly #settling = new Set<() => void>();
  /** Called when a request has been answered. */
  onIdle: () => void = () => undefined;

  constructor(private readonly options: ApiServerOptions) {
    this.#router = new Router(options.service, { bodyTimeoutMs: BODY_TIMEOUT_MS, ...options });
    this.#server = createServer(
      { requestTimeout: 0, headersTimeout: 30_000 },
      (request, response) => void this.#handle(request, response),
    );
    this.#server.on('connection', (socket) => this.#greet(socket));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket as Socket, head));
  }

  /** Requests that have no answer yet. */
  get active(): number {
    return this.#active;
  }

  /** Serves on an inherited listening descriptor. */
  listen(fd: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ fd }, () => resolve());
    });
  }

  /** From now on requests are told to come back: their next try starts a new shim. */
  leave(): void {
    this.#leaving = true;
  }

  /** Resolves once no more than `own` requests that change something are without an answer. */
  settled(own: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#changing > own) return;
        this.#settling.delete(look);
        resolve();
      };
      this.#settling.add(look);
      look();
    });
  }

  /** It does not leave after all. */
  stay(): false {
    this.#leaving = false;
    return false;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#attached) socket.destroy();
  }

  #greet(socket: Socket): void {
    const refusal = checkPeer(socket);
    if (refusal === undefined) return;
    this.options.logger.warn({ err: refusal }, 'peer refused');
    this.#refused.set(socket, refusal);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Somebody who only looks, every second perhaps, keeps no shim alive.
    if (isScrape(request)) return this.#answer(request, response);
    const changes = request.method === 'GET' ? 0 : 1;
    this.#active += 1;
    this.#changing += changes;
    try {
      await this.#answer(request, response);
    } finally {
      this.#active -= 1;
      this.#changing -= changes;
      for (const look of this.#settling) look();
      this.onIdle();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.#admit(request.socket);
      const document = await this.#router.call(request);
      if (document instanceof TextAnswer) answerText(response, document);
      else if (!(document instanceof LineStream)) answer(response, 200, document);
      // Not waited for, as a scrape: one that only listens.
      else void sendLines(response, document, this.options.logger).catch((error) => answerError(response, error));
    } catch (error) {
      if (!isShimError(error)) this.options.logger.error({ err: error, url: request.url }, 'request failed');
      answerError(response, error);
    }
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    try {
      this.#admit(socket);
    } catch (error) {
      return refuse(socket, error);
    }
    // Frames that came in the same packet as the request.
    if (head.length > 0) socket.unshift(head);
    this.#attached.add(socket);
    socket.once('close', () => this.#attached.delete(socket));
    acceptAttach(request, socket, this.options.attachables);
  }

  #admit(socket: Socket): void {
    const refusal = this.#refused.get(socket);
    if (refusal !== undefined) throw refusal;
    if (this.#leaving) throw new ShimError('SHIM_UNAVAILABLE', 'this shimd is leaving');
  }
}
