import { constants } from 'node:fs';
import { dirname } from 'node:path';
import type { FileLane, PluginLogger } from '@holdfast/core/plugin';
import type { SyncPolicy } from '../options/sync-policy.js';

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NONBLOCK;

/** What a {@link FileSync} syncs, and when. */
export interface SyncPlace {
  readonly policy: SyncPolicy;
  readonly path: string;
  /** Not the records' own: a sync may take long, and the records of others must not wait for it. */
  readonly background: FileLane;
  readonly logger: PluginLogger;
}

/** Forces the current file to the disk. A failure is told once, and costs no record. */
export class FileSync {
  private dirty = false;
  private failing = false;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly place: SyncPlace) {}

  /** Something was written to the current file. A promise is to be waited for. */
  written(fd: number): Promise<void> | undefined {
    const { policy } = this.place;
    this.dirty = true;
    if (policy === 'always') return this.sync(fd);
    if (typeof policy === 'number') {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        void this.sync(fd);
      }, policy).unref();
    }
    return undefined;
  }

  /** Nothing more is written to the file. When it resolves nothing uses the descriptor any more. */
  async leave(fd: number): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.sync(fd);
  }

  /** Files were made or renamed. */
  async names(): Promise<void> {
    const { background, path } = this.place;
    await this.told(async () => {
      const fd = await background.open(dirname(path), DIRECTORY, 0);
      await background.sync(fd).finally(() => background.close(fd));
    });
  }

  private sync(fd: number): Promise<void> {
    this.running = this.running.then(async () => {
      if (!this.dirty) return;
      this.dirty = false;
      await this.told(() => this.place.background.sync(fd));
    });
    return this.running;
  }

  private async told(work: () => Promise<void>): Promise<void> {
    const { path, logger } = this.place;
    try {
      await work();
      this.failing = false;
    } catch (error) {
      if (!this.failing)
        logger.warn({ path, err: error }, 'the log could not be synced: a crash may take what was written');
      this.failing = true;
    }
  }
}
