import type { PluginLogger } from '../../plugin/plugin-context.js';
import { fromFailure } from './failure-message.js';
import type { HostLink, StartHost } from './host-link.js';
import type { HostCall, HostReply } from './messages.js';

type Value = Extract<HostReply, { kind: 'done' }>['value'];

interface Pending {
  resolve(value: Value): void;
  reject(error: Error): void;
}

/** The host died with the call: whether it was done is not known. */
export class HostDied extends Error {
  /** Somebody else can do it. */
  readonly retry = true;

  constructor(why: string) {
    super(`the driver's host died: ${why}`);
    this.name = 'HostDied';
  }
}

/** One life of a host. */
export class RunningHost {
  readonly #link: HostLink;
  readonly #pending = new Map<number, Pending>();
  #alive = true;
  #nextCall = 0;
  #nextDriver = 0;

  /** `onDeath` is called once, after all calls have been rejected. */
  constructor(
    start: StartHost,
    private readonly logger: PluginLogger,
    private readonly onDeath: (why: string) => void,
  ) {
    this.#link = start({ onReply: (reply) => this.#onReply(reply), onEnd: (why) => this.#onEnd(why) });
  }

  get alive(): boolean {
    return this.#alive;
  }

  newDriver(): number {
    return this.#nextDriver++;
  }

  /** Rejects with the driver's error, or with {@link HostDied}. */
  call(
    driver: number,
    call: HostCall,
    options: { signal?: AbortSignal; transfer?: readonly ArrayBuffer[] } = {},
  ): Promise<Value> {
    if (!this.#alive) return Promise.reject(new HostDied('before the call'));
    const { signal, transfer = [] } = options;
    const id = this.#nextCall++;
    const abort = (): void => this.#send({ kind: 'abort', id }, []);
    signal?.addEventListener('abort', abort, { once: true });
    return new Promise<Value>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#send({ kind: 'call', id, driver, call }, transfer);
    }).finally(() => signal?.removeEventListener('abort', abort));
  }

  kill(): void {
    this.#link.kill();
  }

  #send(...message: Parameters<HostLink['send']>): void {
    if (this.#alive) this.#link.send(...message);
  }

  #onReply(reply: HostReply): void {
    if (reply.kind === 'log') return this.logger[reply.level](reply.fields, reply.message);
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (reply.kind === 'done') pending?.resolve(reply.value);
    else pending?.reject(fromFailure(reply.failure));
  }

  #onEnd(why: string): void {
    this.#alive = false;
    for (const pending of this.#pending.values()) pending.reject(new HostDied(why));
    this.#pending.clear();
    this.onDeath(why);
  }
}
