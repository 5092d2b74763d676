import type { IncomingMessage } from 'node:http';
import type { SchemaValidators } from '../../config/validators.js';
import { ShimError } from '../../plugin/shim-error.js';
import { API_PREFIX } from '../routes.js';
import type { RequestName } from '../request-schemas.js';
import type { KillRequest, ShimService } from '../shim-service.js';
import type { CreateContainerRequest, CreateExecRequest } from '../documents.js';
import { readBody } from './read-body.js';

/** A request whose path was taken apart. */
interface Call {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  readonly names: readonly string[];
}

type Handler = (call: Call) => Promise<unknown>;

/** Throws SHIM_INVALID_ARGUMENT. */
export function urlOf(request: IncomingMessage): URL {
  const text = request.url ?? '/';
  try {
    return new URL(text, 'http://shim');
  } catch (cause) {
    throw new ShimError('SHIM_INVALID_ARGUMENT', 'the request line names no path', {
      where: text.slice(0, 200),
      cause,
    });
  }
}

/** The path below /v1 in segments, decoded. Throws SHIM_INVALID_ARGUMENT. */
export function splitPath(url: URL): string[] {
  if (!url.pathname.startsWith(`${API_PREFIX}/`)) return [];
  try {
    return url.pathname
      .slice(API_PREFIX.length + 1)
      .split('/')
      .map(decodeURIComponent);
  } catch (cause) {
    throw new ShimError('SHIM_INVALID_ARGUMENT', 'the path is not percent-encoded text', {
      where: url.pathname.slice(0, 200),
      cause,
    });
  }
}

/** Finds and calls what a request asks for; see `routes.ts` for the table. */
export class Router {
  readonly #routes: readonly (readonly [method: string, pattern: string, handler: Handler])[];

  constructor(
    private readonly service: ShimService,
    private readonly validators: SchemaValidators,
  ) {
    this.#routes = this.#table();
  }

  /** Every call that is answered, such as `GET containers/*`. */
  get calls(): string[] {
    return this.#routes.map(([method, pattern]) => `${method} ${pattern}`);
  }

  /** Resolves to the document to answer with. */
  async call(request: IncomingMessage): Promise<unknown> {
    const url = urlOf(request);
    const path = splitPath(url);
    for (const [method, pattern, handler] of this.#routes) {
      const names = method === request.method ? matchPath(pattern, path) : undefined;
      if (names !== undefined) return (await handler({ request, query: url.searchParams, names })) ?? {};
    }
    throw new ShimError('SHIM_INVALID_ARGUMENT', `no such call: ${request.method} ${url.pathname.slice(0, 200)}`);
  }

  #table(): (readonly [string, string, Handler])[] {
    const { service } = this;
    const body = <T>(call: Call, name: RequestName): Promise<T> => readBody<T>(call.request, name, this.validators);
    const start = (call: Call): Promise<{ requestId: string }> => body(call, 'start');
    return [
      ['GET', 'version', () => service.version()],
      ['GET', 'containers', () => service.list()],
      ['POST', 'containers', async (call) => service.create(await body<CreateContainerRequest>(call, 'create'))],
      ['GET', 'containers/*/*', (call) => service.inspect(refOf(call))],
      [
        'DELETE',
        'containers/*/*',
        (call) => service.delete(refOf(call), { requestId: requestIdOf(call), force: call.query.get('force') === '1' }),
      ],
      ['POST', 'containers/*/*/start', async (call) => service.start(refOf(call), await start(call))],
      ['POST', 'containers/*/*/kill', async (call) => service.kill(refOf(call), await body<KillRequest>(call, 'kill'))],
      [
        'POST',
        'containers/*/*/stop',
        async (call) => service.stop(refOf(call), await body<{ requestId: string }>(call, 'stop')),
      ],
      [
        'GET',
        'containers/*/*/wait',
        (call) => service.wait(refOf(call), call.query.get('until') === 'exit' ? 'exit' : 'drained'),
      ],
      [
        'POST',
        'containers/*/*/execs',
        async (call) => service.createExec(refOf(call), await body<CreateExecRequest>(call, 'createExec')),
      ],
      ['DELETE', 'containers/*/*/execs/*', (call) => service.deleteExec(execOf(call))],
      ['POST', 'containers/*/*/execs/*/start', async (call) => service.startExec(execOf(call), await start(call))],
      [
        'POST',
        'containers/*/*/execs/*/kill',
        async (call) => service.killExec(execOf(call), await body<KillRequest>(call, 'killExec')),
      ],
      ['GET', 'containers/*/*/execs/*/wait', (call) => service.waitExec(execOf(call))],
    ];
  }
}

/** What stands for each `*` of the pattern, or undefined if the path doesn't match. */
export function matchPath(pattern: string, path: readonly string[]): string[] | undefined {
  const parts = pattern.split('/');
  if (parts.length !== path.length) return undefined;
  if (!parts.every((part, i) => part === '*' || part === path[i])) return undefined;
  return path.filter((_name, i) => parts[i] === '*');
}

function refOf({ names }: Call): { namespace: string; id: string } {
  return { namespace: names[0] ?? '', id: names[1] ?? '' };
}

function execOf(call: Call): { namespace: string; id: string; execId: string } {
  return { ...refOf(call), execId: call.names[2] ?? '' };
}

function requestIdOf({ query }: Call): string {
  const requestId = query.get('requestId');
  if (requestId !== null && requestId !== '') return requestId;
  throw new ShimError('SHIM_INVALID_ARGUMENT', 'the query lacks requestId', { where: 'requestId' });
}
