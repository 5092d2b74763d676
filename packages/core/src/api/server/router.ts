import type { IncomingMessage } from 'node:http';
import { isShimError, ShimError } from '../../plugin/shim-error.js';
import { EXPOSITION_TYPE } from '../../metrics/exposition.js';
import { isIdentifier } from '../../state/identifiers.js';
import { nameInRemedy } from '../../state/name-in-remedy.js';
import { API_PREFIX, METRICS_PATH } from '../routes.js';
import type { RequestName } from '../request-schemas.js';
import type { KillRequest, ShimService } from '../shim-service.js';
import type {
  CreateContainerRequest,
  CreateExecRequest,
  ResizeRequest,
  ShimSettings,
  StartExecRequest,
  UpdateRequest,
  UpgradeRequest,
} from '../documents.js';
import { eventQuery } from './event-query.js';
import { LineStream } from './line-stream.js';
import { TextAnswer } from './text-answer.js';
import { withHanded } from './handed.js';
import { readBody, type BodyReading } from './read-body.js';

/** A request whose path was taken apart. */
interface Call {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  readonly names: readonly string[];
}

type Handler = (call: Call) => Promise<unknown>;
type Route = readonly [method: string, pattern: string, handler: Handler];

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

/** True for Prometheus' request. */
export function isScrape({ method, url }: IncomingMessage): boolean {
  return method === 'GET' && url?.split('?', 1)[0] === METRICS_PATH;
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

/** Finds and calls what a request asks for; `operations.ts` describes every call. */
export class Router {
  readonly #routes: readonly Route[];

  constructor(
    private readonly service: ShimService,
    private readonly reading: BodyReading,
  ) {
    this.#routes = [...this.#containerTable(), ...this.#execTable(), ...this.#terminalTable()];
  }

  /** Every call that is answered, such as `GET containers/*`. */
  get calls(): string[] {
    return this.#routes.map(([method, pattern]) => `${method} ${pattern}`);
  }

  /** Resolves to the document to answer with, a {@link LineStream} or a {@link TextAnswer}. */
  async call(request: IncomingMessage): Promise<unknown> {
    const url = urlOf(request);
    const path = splitPath(url);
    for (const [method, pattern, handler] of this.#routes) {
      const names = method === request.method ? namesIn(pattern, url, path) : undefined;
      if (names === undefined) continue;
      return (await naming(names, () => handler({ request, query: url.searchParams, names }))) ?? {};
    }
    throw new ShimError('SHIM_INVALID_ARGUMENT', `no such call: ${request.method} ${url.pathname.slice(0, 200)}`);
  }

  #body<T>(call: Call, name: RequestName): Promise<T> {
    return readBody<T>(call.request, name, this.reading);
  }

  async #killRequest(call: Call): Promise<KillRequest> {
    return { all: false, ...(await this.#body<Omit<KillRequest, 'all'> & { readonly all?: boolean }>(call, 'kill')) };
  }

  #containerTable(): Route[] {
    const { service } = this;
    const body = <T>(call: Call, name: RequestName): Promise<T> => this.#body<T>(call, name);
    const start = (call: Call): Promise<{ requestId: string }> => body(call, 'start');
    return [
      ['GET', 'version', () => service.version()],
      ['GET', METRICS_PATH, async () => new TextAnswer(EXPOSITION_TYPE, await service.metrics())],
      [
        'GET',
        'events',
        (call) => Promise.resolve(new LineStream((gone) => service.events(eventQuery(call.query), gone))),
      ],
      ['POST', 'settings', async (call) => service.configure(await body<ShimSettings>(call, 'configure'))],
      ['POST', 'upgrade', async (call) => service.upgrade(await body<UpgradeRequest>(call, 'upgrade'))],
      ['GET', 'containers', () => service.list()],
      [
        'POST',
        'containers',
        async (call) => {
          const request = await body<CreateContainerRequest>(call, 'create');
          return withHanded(call.request.socket, request, (handed) => service.create(request, handed));
        },
      ],
      ['GET', 'containers/*/*', (call) => service.inspect(refOf(call))],
      [
        'DELETE',
        'containers/*/*',
        (call) => service.delete(refOf(call), { requestId: requestIdOf(call), force: call.query.get('force') === '1' }),
      ],
      ['POST', 'containers/*/*/recover', async (call) => service.recover(refOf(call), await start(call))],
      ['POST', 'containers/*/*/start', async (call) => service.start(refOf(call), await start(call))],
      ['POST', 'containers/*/*/kill', async (call) => service.kill(refOf(call), await this.#killRequest(call))],
      ['POST', 'containers/*/*/pause', async (call) => service.pause(refOf(call), await start(call))],
      ['POST', 'containers/*/*/resume', async (call) => service.resume(refOf(call), await start(call))],
      ['POST', 'containers/*/*/reopen-logs', async (call) => service.reopenLogs(refOf(call), await start(call))],
      [
        'POST',
        'containers/*/*/update',
        async (call) => service.update(refOf(call), await body<UpdateRequest>(call, 'update')),
      ],
      ['GET', 'containers/*/*/processes', (call) => service.processes(refOf(call))],
      ['GET', 'containers/*/*/stats', (call) => service.stats(refOf(call))],
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
        'GET',
        'containers/*/*/notifications',
        (call) => service.notifications(refOf(call), call.query.get('cursor') ?? ''),
      ],
    ];
  }

  #execTable(): Route[] {
    const { service } = this;
    return [
      [
        'POST',
        'containers/*/*/execs',
        async (call) => service.createExec(refOf(call), await this.#body<CreateExecRequest>(call, 'createExec')),
      ],
      ['DELETE', 'containers/*/*/execs/*', (call) => service.deleteExec(execOf(call))],
      [
        'POST',
        'containers/*/*/execs/*/start',
        async (call) => {
          const request = await this.#body<StartExecRequest>(call, 'startExec');
          return withHanded(call.request.socket, request, (handed) => service.startExec(execOf(call), request, handed));
        },
      ],
      [
        'POST',
        'containers/*/*/execs/*/kill',
        async (call) => service.killExec(execOf(call), await this.#body<KillRequest>(call, 'killExec')),
      ],
      ['GET', 'containers/*/*/execs/*/wait', (call) => service.waitExec(execOf(call))],
    ];
  }

  #terminalTable(): Route[] {
    const { service } = this;
    return [
      [
        'POST',
        'containers/*/*/resize',
        async (call) => service.resize(refOf(call), await this.#body<ResizeRequest>(call, 'resize')),
      ],
      [
        'POST',
        'containers/*/*/execs/*/resize',
        async (call) => service.resizeExec(execOf(call), await this.#body<ResizeRequest>(call, 'resize')),
      ],
    ];
  }
}

/** As {@link matchPath}; a pattern that begins with a slash is beside /v1. */
function namesIn(pattern: string, url: URL, path: readonly string[]): string[] | undefined {
  if (pattern.startsWith('/')) return pattern === url.pathname ? [] : undefined;
  return matchPath(pattern, path);
}

/** Remedies name the container that the path names. */
async function naming<T>([namespace, id]: readonly string[], call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (namespace === undefined || id === undefined || !isIdentifier(namespace) || !isIdentifier(id)) throw error;
    throw isShimError(error) ? nameInRemedy(error, { namespace, id }) : error;
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
