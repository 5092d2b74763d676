import { basename } from 'node:path';
import { native } from '@holdfast/native';
import { refusalOf } from '../api/server/check-peer.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import { isShimError, ShimError } from '../plugin/shim-error.js';
import { EventPoller } from '../stdio/event-poller.js';
import { BoundedLog } from './bounded-log.js';
import { failureOf } from './failure-text.js';
import { LaunchConnection, type LaunchPollers } from './launch-connection.js';
import { REFUSAL, RefusedRequest } from './launch-packets.js';
import type { LaunchRequest } from './launch-payload.js';
import { LaunchStream, type StreamedRequest } from './launch-stream.js';
import type { StandingLaunchHandler } from './standing-launch.js';
import type { Launch, LaunchHandler } from './launch.js';
import type { StreamedLaunchHandler } from './streamed-launch.js';
import { runStream } from './run-stream.js';
import { takeRequest } from './take-request.js';

/** Connections at a time, without those of launchers that stay as long as their process; others wait in the listener's queue. */
const CONNECTIONS = 512;
/** A launcher reads its stdin to the end before it asks; one that was cut off meanwhile comes again. */
const SILENCE_MS = 60_000;
const AGAIN_MS = 100;

/** Serves what launchers hand over: docs/launcher.md. */
export class LaunchServer {
  readonly #handlers = new Map<string, LaunchHandler>();
  readonly #streamHandlers = new Map<string, StreamedLaunchHandler>();
  readonly #standingHandlers = new Map<string, StandingLaunchHandler>();
  #pollers: LaunchPollers | undefined;
  readonly #log: BoundedLog;
  /** Those that have not asked for anything yet. */
  readonly #silent = new Map<LaunchConnection, NodeJS.Timeout>();
  readonly #running = new Set<LaunchConnection>();
  readonly #streams = new Map<LaunchConnection, LaunchStream>();
  readonly #settling = new Set<() => void>();
  #listener: number | undefined;
  #unwatch: (() => void) | undefined;
  #again: NodeJS.Timeout | undefined;
  #leaving = false;
  /** Called when a launch has ended. */
  onIdle: () => void = () => undefined;

  constructor(private readonly logger: PluginLogger) {
    this.#log = new BoundedLog(logger);
  }

  /** Throws SHIM_INTERNAL if something serves that kind already. */
  handle(kind: string, handler: LaunchHandler): void {
    this.#checkNew(kind);
    this.#handlers.set(kind, handler);
  }

  /** The same for launchers of version 2. */
  handleStreams(kind: string, handler: StreamedLaunchHandler): void {
    this.#checkNew(kind);
    this.#streamHandlers.set(kind, handler);
  }

  /** The same for launchers of version 3. */
  handleStanding(kind: string, handler: StandingLaunchHandler): void {
    this.#checkNew(kind);
    this.#standingHandlers.set(kind, handler);
  }

  /** Serves on an inherited listening descriptor, which stays the caller's. */
  listen(fd: number): void {
    this.#listener = fd;
    this.#pollers = { reading: new EventPoller(), writing: new EventPoller() };
    this.#resume();
  }

  /** Launches that have not ended. */
  get active(): number {
    return this.#running.size;
  }

  /** Takes no more. Who has asked for nothing yet comes again, and finds the next one or nobody. */
  leave(): void {
    this.#leaving = true;
    this.#pause();
    for (const connection of [...this.#silent.keys()]) this.#forget(connection);
  }

  /** It does not leave after all. */
  stay(): void {
    this.#leaving = false;
    this.#resume();
  }

  /** Resolves once no launch runs but those that another shimd can go on with. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#settling.add(resolve);
      this.#tellSettled();
    });
  }

  close(): void {
    this.leave();
    for (const connection of [...this.#running]) connection.close();
    this.#pollers?.reading.close();
    this.#pollers?.writing.close();
    this.#pollers = undefined;
    this.#listener = undefined;
  }

  #checkNew(kind: string): void {
    if (!this.#isServed(kind)) return;
    throw new ShimError('SHIM_INTERNAL', `two handlers for launchers of kind ${kind}`);
  }

  #isServed(kind: string): boolean {
    return [this.#handlers, this.#streamHandlers, this.#standingHandlers].some((handlers) => handlers.has(kind));
  }

  /** What waits in the queue is told of anew. */
  #resume(): void {
    if (this.#leaving || this.#listener === undefined || this.#unwatch !== undefined) return;
    this.#unwatch = this.#pollers?.reading.watch(this.#listener, () => this.#accept());
  }

  #pause(): void {
    clearTimeout(this.#again);
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  #accept(): void {
    while (this.#unwatch !== undefined && this.#listener !== undefined && this.#pollers !== undefined) {
      if (this.#silent.size + this.#running.size - this.#lasting >= CONNECTIONS) return this.#pause();
      const fd = this.#take(this.#listener);
      if (fd === undefined) return;
      this.#greet(fd, this.#pollers);
    }
  }

  #take(listener: number): number | undefined {
    try {
      return native.seqpacketAccept(listener);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') return undefined;
      // Out of descriptors, mostly: nothing would tell when there are some again.
      this.#log.warn({ err: error }, 'a launcher could not be accepted');
      this.#pause();
      this.#again = setTimeout(() => this.#resume(), AGAIN_MS);
      return undefined;
    }
  }

  #greet(fd: number, pollers: LaunchPollers): void {
    const connection: LaunchConnection = new LaunchConnection(fd, pollers, () => this.#readable(connection));
    this.#silent.set(connection, setTimeout(() => this.#forget(connection), SILENCE_MS).unref());
    const refusal = refusalOf(fd, [0, process.geteuid?.()]);
    if (refusal !== undefined) this.#refuse(connection, new RefusedRequest(REFUSAL.PEER, refusal.message));
  }

  #readable(connection: LaunchConnection): void {
    try {
      if (this.#running.has(connection)) return this.#spoke(connection);
      const request = takeRequest(connection.fd);
      if (request === undefined) return;
      if (request === 'gone') return this.#forget(connection);
      this.#begin(connection, request);
    } catch (error) {
      this.#refuse(connection, error);
    }
  }

  /** A launcher of version 1 says nothing after its request: what can be read now is its end, or not meant for us. */
  #spoke(connection: LaunchConnection): void {
    const stream = this.#streams.get(connection);
    try {
      if (stream !== undefined && stream.receive()) return;
      if (stream !== undefined) return connection.close();
      if (takeRequest(connection.fd) === undefined) return;
    } catch (error) {
      this.#log.warn({ err: error }, 'a launcher was cut off');
    }
    connection.close();
  }

  #begin(connection: LaunchConnection, request: LaunchRequest): void {
    const { state, kind } = request;
    if (state !== undefined) return this.#beginStream(connection, { ...request, state });
    const handler = this.#handlers.get(kind);
    if (handler === undefined) throw this.#nobody(kind);
    const { pid } = native.peerCredentials(connection.fd);
    this.#hushed(connection);
    // Only what the launcher knows to be accepted is begun: else it may have turned to Node meanwhile.
    if (!connection.accept()) return this.#ended(connection);
    this.#running.add(connection);
    const launch: Launch = {
      ...{ ...request, pid, signal: connection.signal },
      stdout: (bytes) => connection.write(1, bytes),
      stderr: (bytes) => connection.write(2, bytes),
    };
    void this.#run(connection, handler, launch);
  }

  #nobody(kind: string): RefusedRequest {
    if (!this.#isServed(kind)) return new RefusedRequest(REFUSAL.KIND, `nobody serves launchers of kind ${kind}`);
    return new RefusedRequest(REFUSAL.VERSION, `launchers of kind ${kind} are served in another version`);
  }

  /** Accepted, or refused, when its handler says so. */
  #beginStream(connection: LaunchConnection, request: StreamedRequest): void {
    const { kind, standing } = request;
    if (!(standing === undefined ? this.#streamHandlers : this.#standingHandlers).has(kind)) throw this.#nobody(kind);
    const stream = new LaunchStream(connection, request, native.peerCredentials(connection.fd).pid);
    stream.onRemembered = () => this.#tellSettled();
    this.#hushed(connection);
    this.#running.add(connection);
    this.#streams.set(connection, stream);
    void this.#runStream(connection, stream, kind);
  }

  async #runStream(connection: LaunchConnection, stream: LaunchStream, kind: string): Promise<void> {
    const handle: StreamedLaunchHandler = (launch) =>
      stream.standing === undefined
        ? this.#streamHandlers.get(kind)!(launch)
        : this.#standingHandlers.get(kind)!(stream.standing);
    try {
      await runStream(stream, handle, this.logger);
    } catch (error) {
      if (!connection.signal.aborted) this.logger.error({ err: error }, 'a launcher could not be answered');
    } finally {
      this.#streams.delete(connection);
      this.#ended(connection);
    }
  }

  async #run(connection: LaunchConnection, handler: LaunchHandler, launch: Launch): Promise<void> {
    try {
      await connection.exit(await this.#codeOf(connection, handler, launch));
    } catch (error) {
      if (!connection.signal.aborted) this.logger.error({ err: error }, 'a launcher could not be answered');
    } finally {
      this.#ended(connection);
    }
  }

  async #codeOf(connection: LaunchConnection, handler: LaunchHandler, launch: Launch): Promise<number> {
    try {
      const code = await handler(launch);
      if (Number.isInteger(code) && code >= 0 && code <= 255) return code;
      throw new ShimError('SHIM_INTERNAL', `a launch ended with ${code}`);
    } catch (error) {
      connection.signal.throwIfAborted();
      if (!isShimError(error)) this.logger.error({ err: error, kind: launch.kind }, 'launch failed');
      const { text, code } = failureOf(basename(launch.argv[0] ?? launch.kind), error);
      await connection.write(2, Buffer.from(text));
      return code;
    }
  }

  #refuse(connection: LaunchConnection, error: unknown): void {
    this.#log.warn({ err: error }, 'a launcher was refused');
    this.#hushed(connection);
    if (error instanceof RefusedRequest) connection.refuse(error.reason);
    this.#ended(connection);
  }

  /** It has asked, or never will. */
  #hushed(connection: LaunchConnection): void {
    clearTimeout(this.#silent.get(connection));
    this.#silent.delete(connection);
  }

  #forget(connection: LaunchConnection): void {
    this.#hushed(connection);
    this.#ended(connection);
  }

  #ended(connection: LaunchConnection): void {
    connection.close();
    if (this.#running.delete(connection)) {
      this.#tellSettled();
      this.onIdle();
    }
    this.#resume();
  }

  get #lasting(): number {
    return [...this.#streams.values()].filter(({ remembered }) => remembered).length;
  }

  #tellSettled(): void {
    if (this.#running.size > this.#lasting) return;
    for (const resolve of this.#settling) resolve();
    this.#settling.clear();
  }
}
