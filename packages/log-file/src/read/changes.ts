import { watch, type FSWatcher } from 'node:fs';

/** Milliseconds. The watch sees nothing of changes made by another host, or after the directory was replaced. */
const POLL_WATCHED = 1000;
const POLL_UNWATCHED = 250;

/** Tells when something may have happened in a directory. */
export class Changes {
  private watcher: FSWatcher | undefined;
  private changed = false;
  private wake: (() => void) | undefined;

  constructor(private readonly directory: string) {}

  start(): void {
    try {
      this.watcher = watch(this.directory, { persistent: false }, () => this.notify());
      this.watcher.on('error', () => this.close());
    } catch {
      // No such directory yet, or no inotify instance left: polling does it alone.
      this.watcher = undefined;
    }
  }

  /** Resolves at a change since the last call, when one of the signals is aborted, or after a second at the latest. */
  async wait(...signals: readonly AbortSignal[]): Promise<void> {
    if (!this.changed && !signals.some(({ aborted }) => aborted)) await this.nextChange(signals);
    this.changed = false;
  }

  close(): void {
    this.watcher?.close();
    this.watcher = undefined;
  }

  private notify(): void {
    this.changed = true;
    this.wake?.();
  }

  private nextChange(signals: readonly AbortSignal[]): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.wake = undefined;
        for (const signal of signals) signal.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, this.watcher === undefined ? POLL_UNWATCHED : POLL_WATCHED);
      this.wake = finish;
      for (const signal of signals) signal.addEventListener('abort', finish, { once: true });
    });
  }
}
