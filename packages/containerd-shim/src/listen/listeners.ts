import { closeSync, rmSync } from 'node:fs';
import type { FrontEndHost } from '@holdfast/core';
import { ShimError } from '@holdfast/core/plugin';
import type { ContainerdNamespace } from '../names.js';
import { listen } from './listen.js';
import { ListenerFile } from './listener-file.js';
import { listenerOf, type Listener, type ListenerDetails } from './listener.js';
import { relearn } from './relearn.js';

/** The sockets of this group, which its keeper holds: they outlive shimd. */
export class Listeners {
  readonly #byKey = new Map<string, Listener>();
  readonly #making = new Map<string, Promise<Listener>>();
  /** Of an earlier shimd, and not all taken up yet. */
  readonly #coming = new Map<string, Listener>();
  readonly #file: ListenerFile;

  constructor(private readonly host: FrontEndHost) {
    this.#file = new ListenerFile(host.layout, host.group);
  }

  /** Takes up those of an earlier shimd. What an earlier keeper had is made anew: containerd looks for its tasks there. */
  async recover(): Promise<void> {
    const { listeners, whole } = await this.#file.read(this.host.logger);
    // The file names all of them while they come one by one: this shimd may be killed meanwhile.
    for (const listener of listeners) this.#coming.set(listener.key, listener);
    for (const listener of listeners) await this.#takeUp(listener);
    this.#coming.clear();
    if (whole) return;
    for (const listener of await relearn(this.host)) if (!this.#byKey.has(listener.key)) await this.#takeUp(listener);
    this.#save();
  }

  find(key: string): Listener | undefined {
    return this.#byKey.get(key);
  }

  get all(): Iterable<Listener> {
    return this.#byKey.values();
  }

  /** The namespace's, made if there is none. Rejects with SHIM_IO or SHIM_UNSUPPORTED. */
  async ensure(of: ContainerdNamespace, details: ListenerDetails): Promise<Listener> {
    const { group, layout } = this.host;
    const wanted = listenerOf(of, details, { group, root: layout.root });
    const { key } = wanted;
    const known = this.#byKey.get(key);
    if (known !== undefined && !this.#making.has(key)) return this.renew(known, details);
    const making = this.#making.get(key) ?? this.#make(wanted).finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }

  /** containerd may have been started anew, with another config for us. */
  renew(known: Listener, { ttrpcAddress, environment }: ListenerDetails): Listener {
    const details = { ttrpcAddress, environment };
    if (JSON.stringify({ ...known, ...details }) === JSON.stringify(known)) return known;
    // In place: tasks that are served look at it.
    Object.assign(known, details);
    this.#save();
    return known;
  }

  /** The keeper is about to leave. */
  removeSockets(): void {
    for (const { path } of this.#byKey.values()) rmSync(path, { force: true });
    this.#file.remove();
  }

  async #takeUp(listener: Listener): Promise<void> {
    const { key, path } = listener;
    try {
      // Rejects if this keeper does not have it: the one before was killed.
      const relayed = await this.host.keeper.relay(key).catch(() => 'gone');
      if (relayed === true) this.#byKey.set(key, listener);
      else if (relayed === 'gone') await this.#make(listener);
    } catch (error) {
      this.host.logger.warn({ err: error, path }, 'a socket of an earlier shimd can not be served');
    }
  }

  async #make(listener: Listener): Promise<Listener> {
    const { keeper, group } = this.host;
    const { key } = listener;
    const fd = await listen(listener.path);
    try {
      await keeper.hold(key, fd);
      this.#byKey.set(key, listener);
      // Before the keeper takes the first connection: a shimd that is killed then must know whose it is.
      this.#save();
      if (await keeper.relay(key)) return listener;
      throw new ShimError('SHIM_UNSUPPORTED', `the keeper of group ${group} is too old to pass on containerd's calls`, {
        remedy: 'Stop its containers: the next keeper is a new one.',
      });
    } catch (error) {
      await this.#forget(listener);
      throw error;
    } finally {
      closeSync(fd);
    }
  }

  /** Nobody would accept what comes to it. */
  async #forget({ key, path }: Listener): Promise<void> {
    this.#byKey.delete(key);
    rmSync(path, { force: true });
    await this.host.keeper.drop(key).catch(() => undefined);
    try {
      this.#save();
    } catch {
      // What is written there is taken up in vain.
    }
  }

  #save(): void {
    this.#file.write(new Map([...this.#coming, ...this.#byKey]).values());
  }
}
