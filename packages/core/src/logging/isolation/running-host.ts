import type { PluginLogger } from '../../plugin/plugin-context.js';
import { fromFailure } from './failure-message.js';
import type { HostLink, StartHost } from './host-link.js';
import type { HostCall, HostReply } from './messages.js';

type Value = Extract<HostReply, { kind: 'done' }>['value'];

interface Pending {
  readonly onLoaded: (() => void) | undefined;
  resolve(value: Value): void;
  reject(error: Error): void;
}

/** The host died with the call: whether it was done is not known. */
export class HostDied extends Error {
  /** Somebody else can do it. */
  readonly retry = true;

  /** `remedy`: what a person can do, if that is known. */
  constructor(
    why: string,
    readonly remedy?: string,
  ) {
    super(`the driver's host died: ${why}`);
    this.name = 'HostDied';
  }
}

/** Why a host is ended on purpose, and what a person can do about it. */
export interface HostEnd {
  readonly why: string;
  readonly remedy?: string;
}

/** How a call is made. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly transfer?: readonly ArrayBuffer[];
  /** Of `create`: the plugin's module is there. */
  readonly onLoaded?: () => void;
}

/** One life of a host. */
export class RunningHost {
  readonly #link: HostLink;
  readonly #pending = new Map<number, Pending>();
  #alive = true;
  #up = false;
  #end: HostEnd | undefined;
  #nextCall = 0;
  #nextDriver = 0;

  /** `onDeath` is called once, after all calls have been rejected. A host of another `version` is ended. */
  constructor(
    start: StartHost,
    private readonly logger: PluginLogger,
    private readonly onDeath: (why: string) => void,
    private readonly version: string,
  ) {
    this.#link = start({ onReply: (reply) => this.#onReply(reply), onEnd: (why) => this.#onEnd(why) });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Its script runs. */
  get up(): boolean {
    return this.#up;
  }

  newDriver(): number {
    return this.#nextDriver++;
  }

  /** Rejects with the driver's error, or with {@link HostDied}. */
  call(driver: number, call: HostCall, options: CallOptions = {}): Promise<Value> {
    if (!this.#alive) return Promise.reject(new HostDied('before the call'));
    const { signal, transfer = [], onLoaded } = options;
    const id = this.#nextCall++;
    const abort = (): void => this.#send({ kind: 'abort', id }, []);
    signal?.addEventListener('abort', abort, { once: true });
    return new Promise<Value>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, onLoaded });
      this.#send({ kind: 'call', id, driver, call }, transfer);
    }).finally(() => signal?.removeEventListener('abort', abort));
  }

  /** What is pending is rejected with the reason. */
  kill(end?: HostEnd): void {
    this.#end ??= end;
    this.#link.kill();
  }

  #send(...message: Parameters<HostLink['send']>): void {
    if (this.#alive) this.#link.send(...message);
  }

  #onReply(reply: HostReply): void {
    if (reply.kind === 'log') return this.logger[reply.level](reply.fields, reply.message);
    if (reply.kind === 'up') return this.#onUp(reply.version);
    const pending = this.#pending.get(reply.id);
    if (reply.kind === 'loaded') return pending?.onLoaded?.();
    this.#pending.delete(reply.id);
    if (reply.kind === 'done') pending?.resolve(reply.value);
    else pending?.reject(fromFailure(reply.failure));
  }

  /** After an installation its script may be newer than shimd; and so may the native code that it loads. */
  #onUp(version: string): void {
    this.#up = true;
    if (version === this.version) return;
    const why = `the script of log hosts is of holdfast ${version} by now, and this shimd is ${this.version}`;
    this.kill({ why, remedy: 'Put the running shim onto what is installed: `shimctl upgrade`.' });
  }

  #onEnd(how: string): void {
    this.#alive = false;
    const { why, remedy } = this.#end ?? { why: how };
    for (const pending of this.#pending.values()) pending.reject(new HostDied(why, remedy));
    this.#pending.clear();
    this.onDeath(why);
  }
}
