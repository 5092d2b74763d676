import { chmodSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ApiServer, type ApiServerOptions } from '../../../src/api/server/api-server.js';
import type { Attachables } from '../../../src/api/server/attach-endpoint.js';
import { LazyValidators } from '../../../src/config/validators.js';
import { ShimError } from '../../../src/plugin/shim-error.js';
import { AttachHub } from '../../../src/stdio/attach-hub.js';
import { fakeService } from '../../support/fake-service.js';
import { listeningSocket } from '../../support/listening-socket.js';
import { QuietLogger } from '../../support/quiet-logger.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

export interface Answer {
  readonly status: number;
  readonly body: { readonly error?: { readonly code: string; readonly message: string; readonly remedy: string } };
}

/** An API server on a real socket, with one container `default/c1` to attach to. */
export class ServedApi {
  readonly directory = temporaryDirectory();
  readonly path = join(this.directory, 'api');
  /** Until it is resolved, no client is recorded. */
  recorded: Promise<void> = Promise.resolve();
  readonly hub = new AttachHub(() => this.recorded);
  readonly input: string[] = [];
  readonly logger = new QuietLogger();
  readonly fake: ReturnType<typeof fakeService>;
  readonly server: ApiServer;

  constructor(answer?: (method: string) => unknown, options: Partial<ApiServerOptions> = {}) {
    this.fake = fakeService(answer);
    const { service } = this.fake;
    this.server = new ApiServer({
      service,
      attachables: this.#attachables(),
      validators: new LazyValidators(),
      logger: this.logger,
      ...options,
    });
  }

  static async start(
    answer?: (method: string) => unknown,
    options: Partial<ApiServerOptions> = {},
  ): Promise<ServedApi> {
    const api = new ServedApi(answer, options);
    await api.server.listen(await listeningSocket(api.path));
    onTestFinished(() => api.server.close());
    return api;
  }

  /** Lets every user reach the socket. */
  open(): void {
    chmodSync(this.directory, 0o755);
    chmodSync(this.path, 0o666);
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const outgoing = request({ socketPath: this.path, method, path });
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    outgoing.end(body === undefined ? undefined : text);
    const [incoming] = await answered;
    // The rest of a refused body may be under way when the server is closed, and the agent has its socket back by then.
    outgoing.on('error', () => undefined);
    incoming.socket.on('error', () => undefined);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    return { status: incoming.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) as Answer['body'] };
  }

  /** A connection on which `text` was sent as it is. */
  raw(text: string | Buffer): Socket {
    const socket = connect(this.path);
    socket.write(text);
    onTestFinished(() => void socket.destroy());
    return socket;
  }

  #attachables(): Attachables {
    const target = {
      hub: this.hub,
      writeStdin: (bytes: Buffer) => Promise.resolve(void this.input.push(bytes.toString())),
      closeStdin: () => Promise.resolve(void this.input.push('closed')),
    };
    const find = ({ id }: { id: string }): typeof target => {
      if (id === 'c1') return target;
      throw new ShimError('SHIM_CONTAINER_NOT_FOUND', `no container ${id}`);
    };
    return { container: find, exec: find };
  }
}

/** Everything that comes on a connection until it ends. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
