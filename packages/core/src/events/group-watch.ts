import { statSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import { ShimError } from '../plugin/shim-error.js';
import type { StateLayout } from '../state/layout.js';
import { listGroups } from './group-directory.js';

interface Watched {
  readonly watcher: FSWatcher;
  readonly key: string;
}

/** Tells, by inotify, which groups may have something new; directories that are not there yet are waited for. */
export class GroupWatch {
  readonly #groups = new Map<string, Watched>();
  readonly #changed = new Set<string>();
  #above: (Watched & { readonly path: string }) | undefined;
  #stale = true;
  #failure: ShimError | undefined;
  #wake: () => void = () => undefined;

  /** `only`: one group alone, else all that are there or come. */
  constructor(
    private readonly layout: StateLayout,
    private readonly only?: string,
  ) {}

  /** Groups that have changed since the last call, or came; `gone` are those that went. Throws SHIM_IO or SHIM_STATE_INSECURE. */
  take(): { changed: string[]; gone: string[] } {
    if (this.#failure !== undefined) throw this.#failure;
    const gone = this.#stale ? this.#look() : [];
    const changed = [...this.#changed];
    this.#changed.clear();
    return { changed, gone };
  }

  /** Resolves when `take` has something to tell, or `signal` is aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    if (this.#stale || this.#changed.size > 0 || this.#failure !== undefined || signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      signal.addEventListener('abort', this.#onAbort, { once: true });
    });
    signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => this.#wake();

  close(): void {
    this.#above?.watcher.close();
    for (const { watcher } of this.#groups.values()) watcher.close();
    this.#groups.clear();
  }

  #look(): string[] {
    this.#watchAbove();
    const there = listGroups(this.layout).filter((group) => this.only === undefined || group === this.only);
    const gone = [...this.#groups.keys()].filter((group) => !there.includes(group));
    for (const group of gone) this.#forget(group);
    for (const group of there) {
      const key = keyOf(this.layout.group(group));
      if (key === undefined || this.#groups.get(group)?.key === key) continue;
      this.#forget(group);
      // Watched before it is read: nothing comes in between.
      const name = basename(this.layout.groupEvents(group));
      const watcher = this.#watch(this.layout.group(group), (file) => {
        const isEvents = file === null || file.startsWith(name);
        if (isEvents) this.#changed.add(group);
        return isEvents;
      });
      if (watcher === undefined) continue;
      this.#groups.set(group, { watcher, key });
      this.#changed.add(group);
    }
    return gone;
  }

  /** The directory of the groups, or the nearest one above it that is there. */
  #watchAbove(): void {
    for (;;) {
      let path = this.layout.groups;
      while (keyOf(path) === undefined && path !== dirname(path)) path = dirname(path);
      const key = keyOf(path) ?? '';
      this.#stale = false;
      if (this.#above?.path === path && this.#above.key === key) return;
      this.#above?.watcher.close();
      this.#above = undefined;
      const watcher = this.#watch(path, () => (this.#stale = true));
      if (watcher !== undefined) this.#above = { watcher, key, path };
      // Looks again: the next one below may have come before it was watched.
    }
  }

  #forget(group: string): void {
    this.#groups.get(group)?.watcher.close();
    this.#groups.delete(group);
  }

  /** Undefined if it has just gone. `onChange`: true if there is something to take. */
  #watch(path: string, onChange: (file: string | null) => boolean): FSWatcher | undefined {
    try {
      const watcher = watch(path, (_event, file) => {
        if (onChange(file)) this.#wake();
      });
      return watcher.on('error', (error) => this.#fail(path, error));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unwatchable(path, error);
      this.#stale = true;
      return undefined;
    }
  }

  #fail(path: string, error: unknown): void {
    this.#failure ??= unwatchable(path, error);
    this.#wake();
  }
}

function keyOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function unwatchable(where: string, cause: unknown): ShimError {
  return new ShimError('SHIM_IO', `${where} can't be watched: ${(cause as Error).message}`, {
    where,
    cause,
    remedy: 'Raise fs.inotify.max_user_instances and fs.inotify.max_user_watches (sysctl).',
  });
}
