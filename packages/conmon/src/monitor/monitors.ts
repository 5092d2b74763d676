import { randomUUID } from 'node:crypto';
import type { ContainerRef, FrontEndHost } from '@holdfast/core';
import type { Pollers } from '../attach/attach-client.js';
import { NAMESPACE } from './container-request.js';
import { Monitor, type MonitorParts } from './monitor.js';
import { readRecord } from './record.js';
import { Surroundings } from './surroundings.js';

/** How long a launcher whose shimd has died may take to come back and hear how it ended. */
const RETURN_MS = 10_000;

interface Kept {
  readonly monitor: Monitor;
  /** Launchers that wait for its end. */
  followers: number;
  timer?: NodeJS.Timeout;
  forgotten?: true;
}

/** All containers and exec sessions that were asked for and are not told of to their end. */
export class Monitors {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly host: FrontEndHost,
    readonly pollers: Pollers,
  ) {}

  get empty(): boolean {
    return this.#kept.size === 0;
  }

  /** Takes up those of an earlier shimd. */
  async recover(): Promise<void> {
    const documents = await this.host.service.list();
    await Promise.all(documents.filter(({ namespace }) => namespace === NAMESPACE).map((ref) => this.resume(ref)));
  }

  find(id: string): Monitor | undefined {
    return this.#kept.get(id)?.monitor;
  }

  add(parts: MonitorParts): Monitor {
    const monitor = new Monitor(parts);
    const kept: Kept = { monitor, followers: 0 };
    this.#kept.set(parts.ref.id, kept);
    void monitor.ended.catch(() => undefined).then(() => this.#wait(kept));
    return monitor;
  }

  /** Until the returned function is called somebody waits to hear how it ended. */
  follow(monitor: Monitor): () => void {
    const kept = this.#kept.get(monitor.ref.id);
    if (kept === undefined) return () => undefined;
    clearTimeout(kept.timer);
    kept.followers += 1;
    return () => {
      kept.followers -= 1;
      void this.#forget(kept);
    };
  }

  /** Another shimd takes over. */
  leave(): void {
    for (const { monitor, timer } of this.#kept.values()) {
      clearTimeout(timer);
      monitor.leave();
    }
  }

  /** Takes one up that an earlier shimd had begun, unless that is done. Undefined: it can't be. */
  async resume({ namespace, id }: ContainerRef): Promise<Monitor | undefined> {
    const { host, pollers } = this;
    const ref = { namespace, id };
    const known = this.find(id);
    if (known !== undefined) return known;
    try {
      const record = await readRecord(host.layout, ref);
      if (record === undefined) return undefined;
      const handle = host.process(ref);
      const surroundings = await Surroundings.resume({ host, handle, pollers, record, id });
      return this.add({ host, ref, handle, record, surroundings });
    } catch (error) {
      host.logger.error({ err: error, ...ref }, 'a container of conmon can not be taken up');
      return undefined;
    }
  }

  #wait(kept: Kept): void {
    if (kept.followers === 0 && !kept.forgotten) kept.timer = setTimeout(() => void this.#forget(kept), RETURN_MS);
  }

  /** Nobody has a use for it any more. */
  async #forget(kept: Kept): Promise<void> {
    const { monitor, followers } = kept;
    if (followers > 0 || kept.forgotten) return;
    kept.forgotten = true;
    const { ref } = monitor;
    try {
      await monitor.ended;
      await this.host.service.delete(ref, { requestId: randomUUID(), force: false });
    } catch (error) {
      this.host.logger.error({ err: error, ...ref }, 'what is left of an ended container can not be removed');
    } finally {
      this.#kept.delete(ref.id);
      this.host.changed();
    }
  }
}
