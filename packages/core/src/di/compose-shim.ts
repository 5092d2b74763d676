import { container as globalContainer, type DependencyContainer } from 'tsyringe';
import type { Attachable, Attachables } from '../api/server/attach-endpoint.js';
import type { Container } from '../lifecycle/container.js';
import { locateCgroups } from '../cgroups/locate.js';
import type { SchemaValidators } from '../config/validators.js';
import { EventBus } from '../events/event-bus.js';
import { EventWriter } from '../events/event-writer.js';
import type { Keeper, KeeperWelcome } from '../keeper/keeper.js';
import { Containers } from '../lifecycle/containers.js';
import { InheritedHolds } from '../lifecycle/inherited-holds.js';
import { Shim } from '../lifecycle/shim.js';
import type { ShimInfo } from '../lifecycle/shim-info.js';
import { DatagramSenders } from '../logging/datagram-senders.js';
import { DriverHosts } from '../logging/isolation/driver-hosts.js';
import { processHosts } from '../logging/isolation/process-link.js';
import { threadHosts } from '../logging/isolation/thread-link.js';
import { FileLanes } from '../logging/file-lanes.js';
import { LogFactory } from '../logging/log-factory.js';
import { newShimCounters } from '../metrics/shim-counters.js';
import { ShimMetrics } from '../metrics/shim-metrics.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import { ShimError } from '../plugin/shim-error.js';
import { CheckedPluginSource } from '../plugins/checked-plugin-source.js';
import type { KnownSecrets } from '../plugins/known-secrets.js';
import type { CommandRunner } from '../plugin/command-runner.js';
import type { PluginRegistry } from '../plugins/plugin-registry.js';
import { ForeignProcesses } from '../reaper/foreign-processes.js';
import { KeeperReaper } from '../reaper/keeper-reaper.js';
import { KeeperCommandRunner } from '../runtime/keeper-command-runner.js';
import { RuntimeFactory } from '../runtime/runtime-factory.js';
import type { StateLayout } from '../state/layout.js';
import { Arrivals } from '../stdio/arrivals.js';
import { EventPoller } from '../stdio/event-poller.js';
import { HeldTerminals } from '../stdio/held-terminals.js';
import { OutputGate } from '../stdio/output-gate.js';
import { PeekBuffers } from '../stdio/peek-buffers.js';
import { cutHere } from '../stdio/replay.js';
import * as tokens from './tokens.js';

/** What a shim is built on. */
export interface ShimParts {
  readonly keeper: Keeper;
  readonly welcome: KeeperWelcome;
  readonly layout: StateLayout;
  readonly info: ShimInfo;
  readonly logger: PluginLogger;
  readonly registry: PluginRegistry;
  readonly validators: SchemaValidators;
  /** The script that runs log drivers in threads and processes of their own, see `runHost`. */
  readonly logHost: string;
  /** Learns what must not be logged. */
  readonly secrets?: KnownSecrets;
  /** Left out: terminals go with the keeper. */
  readonly terminals?: HeldTerminals;
  /** Replaces registrations before anything is resolved. */
  readonly override?: (root: DependencyContainer) => void;
}

/** A shim that is wired and has done nothing yet. */
export interface ComposedShim {
  readonly shim: Shim;
  readonly containers: Containers;
  readonly attachables: Attachables;
  readonly events: EventBus;
  /** Runs programs as children of the keeper. */
  readonly commands: CommandRunner;
  /** Reads no more output. Resolves once no batch is half written. */
  quiet(): Promise<void>;
  /** Lets go of descriptors and threads; containers stay. */
  close(): void;
}

/** Of programs for which nobody says how long they may take. */
const COMMAND_MS = 120_000;

/** Wires the core. Every part stands under its token, so that another in its place is one registration. */
export function composeShim(parts: ShimParts): ComposedShim {
  const root = globalContainer.createChildContainer();
  const poller = new EventPoller();
  const buffers = new PeekBuffers();
  const gate = new OutputGate();
  const foreign = new ForeignProcesses();
  const lanes = new FileLanes();
  const { keeper, welcome, logger, layout, info } = parts;
  const clock = { now: () => new Date() };
  const events = new EventBus(new EventWriter(layout.groupEvents(info.group), logger), clock, info.group);
  const value = <T>(token: tokens.AnyToken<T>, useValue: T): unknown => root.register(token, { useValue });
  value(tokens.ROOT_CONTAINER, root);
  value(tokens.KEEPER, keeper);
  value(tokens.LOGGER, logger);
  value(tokens.LAYOUT, layout);
  value(tokens.SHIM_INFO, { ...info, socket: layout.apiSocket(info.group) });
  value(tokens.CLOCK, clock);
  value(tokens.EVENT_BUS, events);
  const terminals = parts.terminals ?? new HeldTerminals();
  const reaper = new KeeperReaper(keeper, welcome.pid, foreign, welcome);
  const forwarding = { reaper, lanes };
  value(tokens.IO_SERVICES, { keeper, poller, buffers, gate, terminals, arrivals: new Arrivals(), logger, forwarding });
  value(tokens.INHERITED_HOLDS, new InheritedHolds(welcome.held, keeper));
  value(tokens.LOCATE_CGROUPS, locateCgroups);
  value(tokens.FILE_LANES, lanes);
  value(tokens.DATAGRAM_SENDERS, new DatagramSenders());
  const starts = { thread: threadHosts(parts.logHost), process: processHosts(parts.logHost) };
  const hosts = new DriverHosts({ starts, logger, version: info.version });
  value(tokens.DRIVER_HOSTS, hosts);
  value(tokens.PLUGIN_SOURCE, new CheckedPluginSource(parts.registry, parts.validators, parts.secrets));
  value(tokens.SHIM_COUNTERS, newShimCounters());
  value(tokens.REAPER, reaper);
  value(tokens.COMMAND_RUNNER, (timeoutMs) => new KeeperCommandRunner(keeper, root.resolve(tokens.REAPER), timeoutMs));
  root.registerSingleton(tokens.RUNTIME_FACTORY, RuntimeFactory);
  root.registerSingleton(tokens.LOG_FACTORY, LogFactory);
  root.registerSingleton(tokens.CONTAINERS, Containers);
  root.registerSingleton(tokens.SHIM_METRICS, ShimMetrics);
  parts.override?.(root);
  const containers = root.resolve(tokens.CONTAINERS);
  return {
    shim: root.resolve(Shim),
    containers,
    attachables: attachablesOf(containers),
    events,
    commands: { run: (command) => root.resolve(tokens.COMMAND_RUNNER)(COMMAND_MS).run(command) },
    quiet: () => gate.close(),
    close(): void {
      events.close();
      poller.close();
      foreign.close();
      lanes.close();
      hosts.close();
      buffers.close();
    },
  };
}

function attachablesOf(containers: Containers): Attachables {
  return {
    container: (ref) => {
      const container = containers.get(ref);
      return { ...attachable(container), replay: () => cutHere(container.io, container.logs) };
    },
    exec: (ref) => attachable(containers.get(ref).execs.get(ref.execId)),
  };
}

function attachable(process: Pick<Container, 'io' | 'hub' | 'closeStdin'>): Attachable {
  const { io, hub } = process;
  if (io.unattachable !== undefined) throw unattachable(io.unattachable);
  return {
    hub,
    writeStdin: (bytes, onTaken) => io.writeStdin(bytes, onTaken),
    closeStdin: () => process.closeStdin(),
    resize: io.resize === undefined ? undefined : (size) => io.resize?.(size),
  };
}

function unattachable(why: string): ShimError {
  return new ShimError('SHIM_UNSUPPORTED', `nobody can attach: ${why}`, {
    remedy: 'Give the container a log driver, or read the FIFOs that its output was asked to go to.',
  });
}
