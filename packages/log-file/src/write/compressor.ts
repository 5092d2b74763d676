import { constants } from 'node:fs';
import type { FileLane, LaneStat, PluginLogger } from '@holdfast/core/plugin';
import type { Compression } from '../options/settings.js';
import { rotatedName, unfinishedName, type Suffix } from '../rotated-name.js';
import { codeOf } from '../system-error.js';
import { compress } from './compress.js';
import { suffixesOf } from './rotate.js';
import { Turns } from './turns.js';

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const MAKE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** How long the end of a container waits for files that are still to be compressed. */
const FINISH_MS = 2000;

/** Where a {@link Compressor} works. */
export interface CompressorPlace {
  readonly path: string;
  readonly mode: number;
  readonly maxFiles: number;
  readonly compression: Compression;
  readonly logger: PluginLogger;
  /** The records' own, for what takes no time. */
  readonly lane: FileLane;
  readonly background: FileLane;
  /** Held while files change their names. */
  readonly naming: Turns;
}

/** A rotated file that is to be compressed. */
interface Job {
  /** It is the `n`th youngest file by now. */
  n: number;
  readonly controller: AbortController;
}

const SUFFIX_OF: Readonly<Record<Compression, Suffix>> = { gzip: '.gz', zstd: '.zst' };

/** One file is compressed at a time on each device. */
const turnsOf = new WeakMap<FileLane, Turns>();

/** Compresses the rotated files of one log in the background. Nobody waits for it, and what fails stays as it is. */
export class Compressor {
  private jobs: Job[] = [];
  private running: Promise<void> | undefined;
  /** Looking for what a crash left. */
  private resuming: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly place: CompressorPlace) {}

  /** A file became the `to`th youngest one, and what had its name is gone. Called while names change. */
  moved(to: number): void {
    this.removed(to);
    for (const job of this.jobs) if (job.n === to - 1) job.n = to;
  }

  /** The `n`th youngest file is gone. Called while names change. */
  removed(n: number): void {
    const [gone] = this.take((job) => job.n === n);
    gone?.controller.abort();
  }

  /** Nothing is written any more to the `n`th youngest file. */
  add(n: number): void {
    if (this.stopped || this.jobs.some((job) => job.n === n)) return;
    this.jobs.push({ n, controller: new AbortController() });
    this.running ??= this.work().finally(() => (this.running = undefined));
  }

  /** Cleans up what a crash left, and goes on with it, in the background. */
  resume(): void {
    this.stopped = false;
    this.resuming = this.findLeft();
  }

  private async findLeft(): Promise<void> {
    const { background, lane, path, maxFiles, naming, logger } = this.place;
    try {
      await remove(background, unfinishedName(path));
      for (let n = maxFiles - 1; n > 0 && !this.stopped; n--) {
        await naming.take(async () => {
          const suffixes = await suffixesOf(lane, path, n);
          if (!suffixes.includes('')) return;
          // The compressed one has its name only once it is whole.
          if (suffixes.length > 1) await lane.unlink(rotatedName(path, n));
          else this.add(n);
        });
      }
    } catch (error) {
      logger.warn({ path, err: error }, 'rotated log files are not compressed');
    }
  }

  /** Ends the work; with `finish` it has two seconds for what is left. Resolves at the abort of `signal` in any case. */
  async stop(finish: boolean, signal: AbortSignal): Promise<void> {
    if (finish) await settled(this.running, signal, FINISH_MS);
    this.stopped = true;
    await settled(this.resuming, signal, FINISH_MS);
    for (const { controller } of this.jobs) controller.abort();
    await settled(this.running, signal, FINISH_MS);
  }

  private async work(): Promise<void> {
    const { background } = this.place;
    const turns = turnsOf.get(background) ?? new Turns();
    turnsOf.set(background, turns);
    // The youngest first: it stays longest.
    for (let job = this.youngest(); job !== undefined; job = this.youngest()) {
      const next = job;
      await turns.take(() => this.compress(next));
      this.take((other) => other === next);
    }
  }

  private youngest(): Job | undefined {
    return [...this.jobs].sort((a, b) => a.n - b.n)[0];
  }

  private take(which: (job: Job) => boolean): Job[] {
    const taken = this.jobs.filter(which);
    this.jobs = this.jobs.filter((job) => !which(job));
    return taken;
  }

  private async compress(job: Job): Promise<void> {
    const { background, lane, path, naming, logger } = this.place;
    const { signal } = job.controller;
    let from: number | undefined;
    try {
      from = await naming.take(() => {
        signal.throwIfAborted();
        return lane.open(rotatedName(path, job.n), READ, 0);
      });
      const origin = await background.stat(from);
      if (!origin.isFile) return;
      await this.make(from, origin, signal);
      await naming.take(() => this.replace(job, origin));
    } catch (error) {
      await remove(background, unfinishedName(path)).catch(() => undefined);
      // Rotated away meanwhile, by us or by others, or the log was closed.
      if (signal.aborted || codeOf(error) === 'ENOENT') return;
      logger.warn({ path: rotatedName(path, job.n), err: error }, 'a rotated log file could not be compressed');
    } finally {
      if (from !== undefined) await background.close(from).catch(() => undefined);
    }
  }

  /** Makes the compressed file, whole and on the disk, under a name of its own. */
  private async make(from: number, origin: LaneStat, signal: AbortSignal): Promise<void> {
    const { background: lane, path, mode, compression } = this.place;
    await remove(lane, unfinishedName(path));
    const to = await lane.open(unfinishedName(path), MAKE, mode);
    try {
      await lane.chmod(to, mode);
      await compress({ lane, from, to, origin, compression }, signal);
      await lane.sync(to);
    } finally {
      await lane.close(to);
    }
  }

  /** Between the two steps the file is there twice, and never not at all. */
  private async replace(job: Job, origin: LaneStat): Promise<void> {
    const { lane, path, compression } = this.place;
    job.controller.signal.throwIfAborted();
    const plain = rotatedName(path, job.n);
    const fd = await lane.open(plain, READ, 0);
    const { dev, ino } = await lane.stat(fd).finally(() => lane.close(fd));
    if (dev !== origin.dev || ino !== origin.ino) throw new Error('somebody else put another file in its place');
    await lane.rename(unfinishedName(path), rotatedName(path, job.n, SUFFIX_OF[compression]));
    await lane.unlink(plain);
  }
}

async function remove(lane: FileLane, path: string): Promise<void> {
  try {
    await lane.unlink(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/** Resolves when `work` has settled, when the signal is aborted, or after `ms`. */
async function settled(work: Promise<void> | undefined, signal: AbortSignal, ms: number): Promise<void> {
  if (work === undefined || signal.aborted) return;
  let finish: () => void = () => undefined;
  const given = new Promise<void>((resolve) => (finish = resolve));
  const timer = setTimeout(finish, ms);
  signal.addEventListener('abort', finish, { once: true });
  await Promise.race([work, given]);
  clearTimeout(timer);
  signal.removeEventListener('abort', finish);
}
