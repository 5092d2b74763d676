import type { CommandRunner } from './command-runner.js';
import type { DatagramSender } from './datagram-sender.js';
import type { FileLane } from './file-lane.js';

/** Where a plugin's own messages go (into the log of shimd, never into the container's). */
export interface PluginLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What every plugin gets. */
export interface PluginContext {
  readonly logger: PluginLogger;
  readonly namespace: string;
}

/** What a runtime plugin gets. One instance serves the containers of one namespace that share its options. */
export interface RuntimeContext extends PluginContext {
  /** The runtime's own state directory (`--root`), so that equal ids in two namespaces don't meet. */
  readonly root: string;
  /** A directory of its own for short-lived files, mode 0700. */
  readonly scratch: string;
  readonly runner: CommandRunner;
}

/** The container that a log driver writes for. */
export interface LoggedContainer {
  readonly id: string;
  readonly namespace: string;
  readonly bundle: string;
  readonly createdAt: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** `--label` of who started it. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What a log driver gets. One instance serves one container. */
export interface LogDriverContext extends PluginContext {
  readonly container: LoggedContainer;
  /** Default place for log files, `/var/log/holdfast/NS/ID`; not created yet. */
  readonly directory: string;
  /**
   * The lane of the device that holds `path`, which need not exist yet. `background`: one of its own for long work, such as
   * compressing, which must not hold up records.
   */
  lane(path: string, use?: 'records' | 'background'): FileLane;
  /** A sender to the Unix datagram socket at `path`, the driver's own; nothing is connected yet. */
  datagrams(path: string): DatagramSender;
  /** Milliseconds that the host waits for one call; a driver that gives up before can say what it lost. Undefined: it is not known. */
  readonly callTimeoutMs?: number;
}
