import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { LogDriver, LogDriverContext, LogEntry, LogGap, LogQuery, PluginLogger } from '@holdfast/core/plugin';
import type { FileOptions } from '../../src/options/schema.js';
import plugin from '../../src/index.js';
import { lockName } from '../../src/rotated-name.js';
import { NodeLane } from '@holdfast/testkit';

export type FileDriver = Required<LogDriver>;

const DEFAULTS: FileOptions = {
  format: 'cri',
  maxSize: '10m',
  maxFiles: 5,
  compress: false,
  sync: 'never',
  mode: '0640',
};
const NEVER = new AbortController().signal;

/** How a {@link TestLog} is made. */
export interface MakeOptions {
  readonly open?: boolean;
  readonly directory?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A driver that writes to a directory of its own. */
export class TestLog {
  readonly lane = new NodeLane();
  /** For compressing. */
  readonly background = new NodeLane();
  readonly warnings: object[] = [];
  readonly driver: FileDriver;
  readonly path: string;

  private constructor(
    readonly directory: string,
    options: Partial<FileOptions>,
    private readonly labels: Readonly<Record<string, string>>,
  ) {
    this.path = options.path ?? join(directory, 'container.log');
    this.driver = plugin.create(this.context(), { ...DEFAULTS, ...options }) as FileDriver;
  }

  /** `options.path` may be relative to the directory. Opens the driver unless told not to. */
  static async make(options: Partial<FileOptions> = {}, how: MakeOptions = {}): Promise<TestLog> {
    const { open = true, directory = '', labels = {} } = how;
    const own = directory === '' ? await mkdtemp(join(tmpdir(), 'holdfast-log-file-')) : directory;
    const log = new TestLog(own, options, labels);
    if (open) await log.driver.open(NEVER);
    // What opening took is not counted.
    log.lane.calls.length = log.lane.writes.length = 0;
    return log;
  }

  /** Closes the driver and removes the directory; resolves to the descriptors left open in it. */
  async remove(): Promise<string[]> {
    await this.driver.close('deleted', NEVER);
    const left = await openBelow(this.directory);
    await rm(this.directory, { recursive: true, force: true });
    return left;
  }

  read(query: LogQuery = {}, signal: AbortSignal = NEVER): AsyncIterableIterator<LogEntry | LogGap> {
    return this.driver.read(query, signal)[Symbol.asyncIterator]() as AsyncIterableIterator<LogEntry | LogGap>;
  }

  async readAll(query: LogQuery = {}): Promise<(LogEntry | LogGap)[]> {
    const items: (LogEntry | LogGap)[] = [];
    for await (const item of this.read(query)) items.push(item);
    return items;
  }

  /** Entries as text: a partial one ends in `…`, one of stderr begins with `!`. */
  async readTexts(query: LogQuery = {}): Promise<string[]> {
    return (await this.readAll(query)).map(textOf);
  }

  contents(n = 0): Promise<string> {
    return readFile(n === 0 ? this.path : `${this.path}.${n}`, 'latin1');
  }

  /** Names of the files, sorted; the lock apart. */
  async files(): Promise<string[]> {
    const lock = basename(lockName(this.path));
    return (await readdir(this.directory)).filter((name) => name !== lock).sort();
  }

  private context(): LogDriverContext {
    const { directory, lane, background, labels } = this;
    const ignore = (): void => undefined;
    const warn = (fields: object): void => void this.warnings.push(fields);
    const logger: PluginLogger = { debug: ignore, info: ignore, warn, error: warn };
    const container = { id: 'c1', namespace: 'default', bundle: '/bundle', createdAt: '', annotations: {}, labels };
    const datagrams = (): never => {
      throw new Error('files need no socket');
    };
    return {
      logger,
      namespace: 'default',
      container,
      directory,
      lane: (_path, use) => (use === 'background' ? background : lane),
      datagrams,
    };
  }
}

export function textOf(item: LogEntry | LogGap): string {
  if (item.type === 'gap') return `gap: ${item.reason}`;
  return `${item.stream === 'stderr' ? '!' : ''}${item.bytes.toString('latin1')}${item.partial ? '…' : ''}`;
}

/** Paths of this process's open files below a directory. */
export async function openBelow(directory: string): Promise<string[]> {
  const links = (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''));
  return (await Promise.all(links)).filter((path) => path.startsWith(directory));
}
