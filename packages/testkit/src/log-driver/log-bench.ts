import { randomBytes } from 'node:crypto';
import { readdir, readlink } from 'node:fs/promises';
import type { LogDriver, LogEntry, LogGap, LogQuery } from '@holdfast/core/plugin';
import { native } from '@holdfast/native';
import { LogDriverHost, type LogDriverContextOptions, type TestLogDriverContext } from '../contexts/log-driver-host.js';
import { makeInstance } from '../suite/make-instance.js';
import { within } from '../suite/until.js';
import { LogFollower } from './log-follower.js';
import { LogWriter } from './log-writer.js';
import { logOptions, type LogDriverUnderTest, type Troubles } from './subject.js';

const NEVER = new AbortController().signal;
const MILLISECOND = 1_000_000n;

/** Drivers under test in a directory of their own. */
export class LogBench {
  readonly #writers: LogWriter[] = [];
  readonly #contexts: TestLogDriverContext[] = [];
  readonly #name = randomBytes(6).toString('hex');
  #lastTime = 0n;

  private constructor(
    readonly subject: LogDriverUnderTest,
    private readonly host: LogDriverHost,
  ) {}

  static async open(subject: LogDriverUnderTest): Promise<LogBench> {
    return new LogBench(subject, await LogDriverHost.open());
  }

  /** A context whose warnings fail the test. */
  context(container: LogDriverContextOptions = {}): TestLogDriverContext {
    const context = this.host.context(this.#own(container));
    this.#contexts.push(context);
    return context;
  }

  /** A new instance, not opened. */
  instance(container: LogDriverContextOptions = {}): Promise<LogDriver> {
    return this.#make(this.context(container));
  }

  /** A new instance that cannot write, as `shimctl logs` makes it. */
  reader(container: LogDriverContextOptions = {}): Promise<LogDriver> {
    const context = this.host.readerContext(this.#own(container));
    this.#contexts.push(context);
    return this.#make(context);
  }

  /** A new instance, opened. It is closed with the bench at the latest. */
  async writer(container: LogDriverContextOptions = {}): Promise<LogWriter> {
    const context = this.host.context(this.#own(container));
    const driver = await this.#make(context);
    const writer = new LogWriter(driver, () => this.nextTime(), context);
    this.#writers.push(writer);
    await within('open', Promise.resolve(driver.open?.(NEVER)));
    return writer;
  }

  /** Troubles the place of what `writer` writes, until what it resolves to is called. */
  async trouble(name: keyof Troubles, writer: LogWriter): Promise<() => Promise<void>> {
    const make = this.subject.troubles?.[name];
    if (make === undefined) throw new Error(`the subject has no troubles.${name}`);
    return make(writer.context);
  }

  /** Reads with an instance of its own. */
  async read(query: LogQuery = {}, container: LogDriverContextOptions = {}): Promise<(LogEntry | LogGap)[]> {
    return collect(await this.reader(container), query);
  }

  /** Follows with an instance of its own. */
  async follower(query: LogQuery = {}, container: LogDriverContextOptions = {}): Promise<LogFollower> {
    return new LogFollower(await this.reader(container), query);
  }

  /** The time now, and at least a millisecond after the last one. */
  nextTime(): bigint {
    const now = native.realtime();
    const least = this.#lastTime + MILLISECOND;
    this.#lastTime = now > least ? now : least;
    return this.#lastTime;
  }

  /** `time` as the place of the logs keeps it. */
  kept(time: bigint): bigint {
    return time - (time % (this.subject.timeResolution ?? 1n));
  }

  /** Some drivers write to a place that outlives the test, so no two tests have a container in common. */
  #own(container: LogDriverContextOptions): LogDriverContextOptions {
    return { ...container, id: `${container.id ?? 'web'}-${this.#name}` };
  }

  async #make(context: TestLogDriverContext): Promise<LogDriver> {
    return makeInstance(this.subject.definition, context, await logOptions(this.subject, context));
  }

  /** Closes what is open and tells what is left: open files, and what drivers complained of. */
  async close(): Promise<string[]> {
    try {
      for (const writer of this.#writers) await writer.close('deleted');
      return [
        ...(await openBelow(this.host.directory)),
        ...this.#writers.flatMap((writer) => writer.complaints()),
        ...this.#contexts.flatMap(({ logger }) => logger.complaints()),
      ];
    } finally {
      await this.host.close();
    }
  }
}

/** All that `driver` reads. */
export async function collect(driver: LogDriver, query: LogQuery = {}): Promise<(LogEntry | LogGap)[]> {
  const leave = new AbortController();
  const items: (LogEntry | LogGap)[] = [];
  const reading = (async () => {
    for await (const item of driver.read?.(query, leave.signal) ?? []) items.push(item);
    return items;
  })();
  try {
    return await within('read', reading, 15_000);
  } finally {
    leave.abort();
  }
}

/** Paths of this process's open files below a directory. */
async function openBelow(directory: string): Promise<string[]> {
  const links = (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''));
  return (await Promise.all(links)).filter((path) => path.startsWith(directory)).map((path) => `open file ${path}`);
}
