import {
  checkRequest,
  isShimError,
  nameInRemedy,
  type ContainerRef,
  type RequestName,
  type SchemaValidators,
  type ShimService,
  type StreamedLaunch,
} from '@holdfast/core';
import { elsewhere } from './elsewhere.js';

/** What {@link OwnService} is made of. */
export interface OwnServiceParts {
  readonly service: ShimService;
  readonly validators: SchemaValidators;
  readonly launch: StreamedLaunch;
}

interface Change<T, R> {
  /** Whose schema the request has. */
  readonly schema: RequestName;
  readonly ref: ContainerRef;
  readonly asked: T;
  readonly call: (request: T) => Promise<R>;
}

/**
 * The shim itself, as one command sees it: with the checks of the HTTP API, and with request ids that are the same if the command comes
 * again, so that nothing is done twice. Once the launcher has gone nothing more is done, as when a client of the API is killed.
 */
export class OwnService implements ShimService {
  readonly #counts = new Map<string, number>();

  constructor(private readonly parts: OwnServiceParts) {}

  version: ShimService['version'] = () => this.#read(() => this.#service.version());
  list: ShimService['list'] = () => this.#read(() => this.#service.list());
  inspect: ShimService['inspect'] = (ref) => this.#read(() => this.#service.inspect(ref), ref);
  processes: ShimService['processes'] = (ref) => this.#read(() => this.#service.processes(ref), ref);
  stats: ShimService['stats'] = (ref) => this.#read(() => this.#service.stats(ref), ref);
  wait: ShimService['wait'] = (ref, until) => this.#wait(ref, () => this.#service.wait(ref, until));
  waitExec: ShimService['waitExec'] = (ref) => this.#wait(ref, () => this.#service.waitExec(ref));
  notifications: ShimService['notifications'] = (ref, cursor) =>
    this.#wait(ref, () => this.#service.notifications(ref, cursor));

  create: ShimService['create'] = (asked) => {
    if (asked.preserveFds !== undefined || asked.withUnit === true) this.#elsewhere();
    return this.#change('create', {
      schema: 'create',
      ref: asked,
      asked,
      call: (request) => this.#service.create(request),
    });
  };
  start: ShimService['start'] = (ref, asked) =>
    this.#change('start', { schema: 'start', ref, asked, call: (request) => this.#service.start(ref, request) });
  kill: ShimService['kill'] = (ref, asked) =>
    this.#change('kill', { schema: 'kill', ref, asked, call: (request) => this.#service.kill(ref, request) });
  pause: ShimService['pause'] = (ref, asked) =>
    this.#change('pause', { schema: 'start', ref, asked, call: (request) => this.#service.pause(ref, request) });
  resume: ShimService['resume'] = (ref, asked) =>
    this.#change('resume', { schema: 'start', ref, asked, call: (request) => this.#service.resume(ref, request) });
  update: ShimService['update'] = (ref, asked) =>
    this.#change('update', { schema: 'update', ref, asked, call: (request) => this.#service.update(ref, request) });
  reopenLogs: ShimService['reopenLogs'] = (ref, asked) =>
    this.#change('reopen', { schema: 'start', ref, asked, call: (request) => this.#service.reopenLogs(ref, request) });
  resize: ShimService['resize'] = (ref, asked) =>
    this.#change('resize', { schema: 'resize', ref, asked, call: (request) => this.#service.resize(ref, request) });
  stop: ShimService['stop'] = (ref, asked) =>
    this.#change('stop', { schema: 'stop', ref, asked, call: (request) => this.#service.stop(ref, request) });
  createExec: ShimService['createExec'] = (ref, asked) =>
    this.#change('exec', {
      schema: 'createExec',
      ref,
      asked,
      call: (request) => this.#service.createExec(ref, request),
    });
  startExec: ShimService['startExec'] = (ref, asked) => {
    if (asked.preserveFds !== undefined) this.#elsewhere();
    return this.#change('run', {
      schema: 'startExec',
      ref,
      asked,
      call: (request) => this.#service.startExec(ref, request),
    });
  };
  killExec: ShimService['killExec'] = (ref, asked) =>
    this.#change('kill', { schema: 'killExec', ref, asked, call: (request) => this.#service.killExec(ref, request) });
  resizeExec: ShimService['resizeExec'] = (ref, asked) =>
    this.#change('resize', { schema: 'resize', ref, asked, call: (request) => this.#service.resizeExec(ref, request) });
  deleteExec: ShimService['deleteExec'] = (ref) => this.#wait(ref, () => this.#service.deleteExec(ref));

  delete: ShimService['delete'] = async (ref, { requestId: _, ...asked }) => {
    const request = { ...asked, requestId: this.#requestId('delete') };
    await this.#wait(ref, () => this.#service.delete(ref, request)).catch((error: unknown) => {
      // It was there when the command came for the first time.
      const gone = isShimError(error) && error.code === 'SHIM_CONTAINER_NOT_FOUND';
      if (!gone || !this.parts.launch.again) throw error;
    });
  };

  metrics: ShimService['metrics'] = () => this.#elsewhere();
  configure: ShimService['configure'] = () => this.#elsewhere();
  upgrade: ShimService['upgrade'] = () => this.#elsewhere();
  recover: ShimService['recover'] = () => this.#elsewhere();
  events: ShimService['events'] = () => this.#elsewhere();

  get #service(): ShimService {
    return this.parts.service;
  }

  #elsewhere(): never {
    elsewhere(this.parts.launch, 'it is no light command');
  }

  /** What may be asked before the command is accepted. */
  async #read<T>(call: () => Promise<T>, ref?: ContainerRef): Promise<T> {
    this.parts.launch.signal.throwIfAborted();
    return named(ref, call);
  }

  async #wait<T>(ref: ContainerRef, call: () => Promise<T>): Promise<T> {
    this.parts.launch.accept();
    this.parts.launch.signal.throwIfAborted();
    return named(ref, call);
  }

  async #change<T extends { readonly requestId: string }, R>(verb: string, change: Change<T, R>): Promise<R> {
    const { schema, ref, asked, call } = change;
    const { requestId: _, ...rest } = asked;
    // What the wire would make of it, too.
    const sent = JSON.parse(JSON.stringify({ ...rest, requestId: this.#requestId(verb) })) as unknown;
    const request = await checkRequest<T>(schema, sent, this.parts.validators);
    return this.#wait(ref, () => call(request));
  }

  /** Signals that an earlier shimd has passed on were others. */
  #requestId(verb: string): string {
    const { requestId, signals } = this.parts.launch;
    const count = this.#counts.get(verb) ?? (verb === 'kill' ? signals : 0);
    this.#counts.set(verb, count + 1);
    return `${requestId}-${verb}-${count}`;
  }
}

async function named<T>(ref: ContainerRef | undefined, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw ref !== undefined && isShimError(error) ? nameInRemedy(error, ref) : error;
  }
}
