import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { FrontEndHost } from '@holdfast/core';
import { clearGroup, groupEndpoint, HttpShimClient, listGroups, listens, shimdCommand } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { cursorFileOf } from '../events/cursor-file.js';
import { frontEndPath, shimdPath } from '../launch/paths.js';
import { ListenerFile } from '../listen/listener-file.js';
import type { Listener } from '../listen/listener.js';
import { CODE, TtrpcError } from '../ttrpc/codes.js';
import { groupServiceAt, type GroupService, type RemoveRequest } from './group-service.js';
import type { ShimSettings } from './own-config.js';
import { WatchedKeepers } from './watched-keepers.js';

/** A shim that was about to leave is followed by another. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 20;
const EXPECT_MS = 5_000;
/** Longer than the end of a container may take. */
const REMOVE_MS = 30_000;
/** What says that it is not there, or not the one that is meant. */
const AWAY: readonly number[] = [CODE.Unavailable, CODE.DeadlineExceeded, CODE.Unimplemented];

function isAway(error: unknown): boolean {
  return error instanceof TtrpcError && AWAY.includes(error.code);
}

/** A group with one listener, as it is to be started if it does not run. */
export interface OtherGroup {
  readonly group: string;
  readonly listener: Listener;
  readonly settings: Pick<ShimSettings, 'logLevel' | 'idleTimeoutMs'> | undefined;
}

/**
 * The shims of namespaces and pods. The one that launchers find starts them, and is there as long as one of them is: their tasks come and go
 * by it. Their keepers are children of its own.
 */
export class OtherGroups {
  readonly #keepers = new WatchedKeepers((group) => void this.#gone(group));
  #looking = 0;

  constructor(private readonly host: FrontEndHost) {}

  /** True while one of them is there, or is being started. */
  get any(): boolean {
    return this.#keepers.any || this.#looking > 0;
  }

  /** Finds those of an earlier shimd, and clears away what is left of those that have ended meanwhile. */
  async recover(): Promise<void> {
    const { layout, group: own, logger } = this.host;
    const groups = listGroups(layout).filter((group) => group !== own);
    // One that has left keeps how far its events were told.
    const isOurs = (group: string): boolean =>
      [new ListenerFile(layout, group).path, cursorFileOf(layout, group)].some((path) => existsSync(path));
    const ours = groups.filter(isOurs);
    await this.#look(async () => {
      for (const group of ours)
        await this.#meet(group).catch((error: unknown) => logger.warn({ err: error, group }, 'a shim does not answer'));
    });
  }

  /** Has the group's shim be there, and expect a task. Rejects with SHIM_UNAVAILABLE, and as `startKeeper` does. */
  async expect({ group, listener, settings }: OtherGroup & { settings: ShimSettings }): Promise<void> {
    const { ttrpcAddress, environment } = listener;
    const request = { ttrpcAddress, environment, settings };
    await this.#ask({ group, listener, settings }, EXPECT_MS, (service) => service.expect(request));
  }

  /** Has the group's shim remove a task. Rejects as {@link expect}. */
  remove(other: OtherGroup, request: RemoveRequest): Promise<Uint8Array> {
    return this.#ask(other, REMOVE_MS, (service) => service.remove(request));
  }

  /** The same by the shim that serves at `path`; undefined if none does. */
  removeAt(path: string, request: RemoveRequest): Promise<Uint8Array | undefined> {
    return this.#look(() =>
      groupServiceAt(path, REMOVE_MS)
        .remove(request)
        .catch((error: unknown) => {
          if (isAway(error)) return undefined;
          throw error;
        }),
    );
  }

  async #ask<T>(other: OtherGroup, timeoutMs: number, call: (service: GroupService) => Promise<T>): Promise<T> {
    return this.#look(async () => {
      for (const end = Date.now() + PATIENCE_MS; ;) {
        await this.#reach(other);
        try {
          return await call(groupServiceAt(other.listener.path, timeoutMs));
        } catch (error) {
          if (!isAway(error) || Date.now() > end) throw this.#failed(other.group, error);
        }
        await delay(PAUSE_MS);
      }
    });
  }

  /** Starts its keeper if it has none; resolves when its shimd serves. */
  async #reach({ group, listener, settings }: OtherGroup): Promise<void> {
    const { layout } = this.host;
    const live = settings === undefined ? [] : ['--log-level', settings.logLevel];
    const idle = settings === undefined ? [] : ['--idle-timeout', String(settings.idleTimeoutMs)];
    const args = ['--root', layout.root, '--group', group, ...live, ...idle];
    const client = new HttpShimClient(
      groupEndpoint({
        ...{ layout, group, environment: process.env, frontEnds: [frontEndPath()] },
        shimd: shimdCommand(shimdPath(process.env), args),
        prepare: () => new ListenerFile(layout, group).write([listener]),
      }),
    );
    try {
      this.#keepers.watch(group, (await client.version()).shim.keeperPid);
    } finally {
      client.close();
    }
  }

  async #meet(group: string): Promise<void> {
    const { layout } = this.host;
    const socketPath = layout.apiSocket(group);
    if (!(await listens(socketPath))) return void (await clearGroup(layout, group));
    const client = new HttpShimClient({ group, socketPath, ensure: () => Promise.resolve() });
    try {
      this.#keepers.watch(group, (await client.version()).shim.keeperPid);
    } finally {
      client.close();
    }
  }

  async #gone(group: string): Promise<void> {
    const { layout, logger } = this.host;
    await this.#look(() => clearGroup(layout, group)).catch((error: unknown) => {
      logger.warn({ err: error, group }, 'what a shim has left can not be cleared away');
    });
  }

  async #look<T>(deed: () => Promise<T>): Promise<T> {
    this.#looking += 1;
    try {
      return await deed();
    } finally {
      this.#looking -= 1;
      this.host.changed();
    }
  }

  #failed(group: string, cause: unknown): ShimError {
    const { message } = cause as Error;
    return new ShimError('SHIM_UNAVAILABLE', `the shim of group ${group} does not take the task: ${message}`, {
      where: this.host.layout.groupLog(group),
      cause,
    });
  }
}
