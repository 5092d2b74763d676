import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatagramSenders, FileLanes } from '@holdfast/core/logging';
import type { DatagramSender, FileLane, LogDriverContext, LoggedContainer } from '@holdfast/core/plugin';
import { CollectingLogger } from './collecting-logger.js';
import { MortalLanes } from './mortal-lanes.js';

/** What a test may choose of a context; the rest is made up. */
export interface LogDriverContextOptions extends Partial<LoggedContainer> {
  /** Milliseconds; 5000 if left out. */
  readonly callTimeoutMs?: number;
  /** In the place of the host's own lanes, such as a `NodeLane`. */
  readonly lane?: LogDriverContext['lane'];
}

/** A log driver's context whose log directory lies in the host's. */
export interface TestLogDriverContext extends LogDriverContext {
  readonly logger: CollectingLogger;
  /** The shim is killed: what was opened by lanes is closed and its locks are free, and the driver is never closed. */
  kill(): Promise<void>;
  /** The shim is killed when the first `bytes` of the next write of a lane are in the file; {@link kill} has to follow. */
  killInWrite(bytes: number): void;
  /** No lane does anything until what it resolves to is called. */
  hang(): Promise<() => Promise<void>>;
}

/** Makes contexts as shimd does, with the same lanes and datagram senders, in a directory of its own. */
export class LogDriverHost {
  readonly #lanes = new FileLanes();
  readonly #senders = new DatagramSenders();

  private constructor(readonly directory: string) {}

  static async open(): Promise<LogDriverHost> {
    return new LogDriverHost(await mkdtemp(join(tmpdir(), 'holdfast-log-')));
  }

  /** The context of a container; two calls with one id stand for a restart of shimd. */
  context({ callTimeoutMs = 5000, lane, ...container }: LogDriverContextOptions = {}): TestLogDriverContext {
    const described = { ...CONTAINER, ...container };
    const mortal = new MortalLanes();
    return {
      logger: new CollectingLogger(),
      namespace: described.namespace,
      container: described,
      directory: join(this.directory, 'logs', described.namespace, described.id),
      callTimeoutMs,
      lane: lane ?? ((path, use): FileLane => mortal.wrap(this.#lanes.forPath(path, use))),
      datagrams: (path): DatagramSender => this.#senders.forPath(path),
      kill: () => mortal.kill(),
      killInWrite: (bytes) => mortal.killInWrite(bytes),
      hang: () => Promise.resolve(mortal.hang()),
    };
  }

  /** The context of who reads back in another process: nothing can be written there. */
  readerContext(container: LogDriverContextOptions = {}): TestLogDriverContext {
    return { ...this.context(container), lane: refuseWriter, datagrams: refuseWriter };
  }

  /** Ends the lanes and removes the directory. Drivers must be closed before. */
  async close(): Promise<void> {
    this.#lanes.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}

function refuseWriter(path: string): never {
  throw new Error(`the log driver asked for a writer while reading back: ${path}`);
}

const CONTAINER: LoggedContainer = {
  id: 'web',
  namespace: 'default',
  bundle: '/bundle',
  createdAt: '2025-01-02T03:04:05.000Z',
  annotations: {},
  labels: {},
};
