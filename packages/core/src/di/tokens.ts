import type { DependencyContainer } from 'tsyringe';
import type { RuntimeFactory } from '../runtime/runtime-factory.js';
import type { LogFactory } from '../logging/log-factory.js';
import type { ContainerEvents } from '../events/container-events.js';
import type { EventBus } from '../events/event-bus.js';
import type { ExecManager } from '../exec/exec-manager.js';
import type { ContainerCounters } from '../metrics/counters.js';
import type { ShimCounters } from '../metrics/shim-counters.js';
import type { ShimMetrics } from '../metrics/shim-metrics.js';
import type { Keeper } from '../keeper/keeper.js';
import type { LocateCgroups } from '../cgroups/container-cgroups.js';
import type { Container } from '../lifecycle/container.js';
import type { DatagramSenders } from '../logging/datagram-senders.js';
import type { DriverHosts } from '../logging/isolation/driver-hosts.js';
import type { FileLanes } from '../logging/file-lanes.js';
import type { LogFanout } from '../logging/log-fanout.js';
import type { LossLedger } from '../logging/loss-ledger.js';
import type { Notifications } from '../notify/notifications.js';
import type { PluginLogger } from '../plugin/plugin-context.js';
import type { OomMonitor } from '../oom/oom-monitor.js';
import type { Runtime } from '../plugin/runtime.js';
import type { PluginSource } from '../plugins/plugin-source.js';
import type { Reaper } from '../reaper/reaper.js';
import type { ContainerRecords } from '../state/container-records.js';
import type { StateLayout } from '../state/layout.js';
import type { AttachHub } from '../stdio/attach-hub.js';
import type { ContainerIo } from '../stdio/container-io.js';
import type { IoServices } from '../stdio/process-io.js';
import type { CommandRunner } from '../plugin/command-runner.js';
import type { Containers } from '../lifecycle/containers.js';
import type { InheritedHolds } from '../lifecycle/inherited-holds.js';
import type { Clock, ShimInfo } from '../lifecycle/shim-info.js';
import { createToken, type Token } from './token.js';

/** One for the whole shimd. */
export const ROOT_CONTAINER = createToken<DependencyContainer>('RootContainer');
export const KEEPER = createToken<Keeper>('Keeper');
export const REAPER = createToken<Reaper>('Reaper');
export const CLOCK = createToken<Clock>('Clock');
export const LOGGER = createToken<PluginLogger>('Logger');
export const EVENT_BUS = createToken<EventBus>('EventBus');
export const LAYOUT = createToken<StateLayout>('StateLayout');
export const SHIM_INFO = createToken<ShimInfo>('ShimInfo');
export const IO_SERVICES = createToken<IoServices>('IoServices');
export const LOCATE_CGROUPS = createToken<LocateCgroups>('LocateCgroups');
export const FILE_LANES = createToken<FileLanes>('FileLanes');
export const DATAGRAM_SENDERS = createToken<DatagramSenders>('DatagramSenders');
export const DRIVER_HOSTS = createToken<DriverHosts>('DriverHosts');
export const PLUGIN_SOURCE = createToken<PluginSource>('PluginSource');
/** Makes the spawner of runtime commands for a deadline in milliseconds. */
export const COMMAND_RUNNER = createToken<(timeoutMs: number) => CommandRunner>('CommandRunner');
export const INHERITED_HOLDS = createToken<InheritedHolds>('InheritedHolds');
export const RUNTIME_FACTORY = createToken<RuntimeFactory>('RuntimeFactory');
export const CONTAINERS = createToken<Containers>('Containers');
export const LOG_FACTORY = createToken<LogFactory>('LogFactory');
export const SHIM_COUNTERS = createToken<ShimCounters>('ShimCounters');
export const SHIM_METRICS = createToken<ShimMetrics>('ShimMetrics');

/** One for each shim container, in its own child container. */
export const RECORDS = createToken<ContainerRecords>('ContainerRecords');
export const CONTAINER_EVENTS = createToken<ContainerEvents>('ContainerEvents');
export const RUNTIME = createToken<Runtime>('Runtime');
export const LOSS_LEDGER = createToken<LossLedger>('LossLedger');
export const CONTAINER_COUNTERS = createToken<ContainerCounters>('ContainerCounters');
export const LOG_FANOUT = createToken<LogFanout>('LogFanout');
export const ATTACH_HUB = createToken<AttachHub>('AttachHub');
export const NOTIFICATIONS = createToken<Notifications>('Notifications');
export const CONTAINER_IO = createToken<ContainerIo>('ContainerIo');
export const OOM_MONITOR = createToken<OomMonitor>('OomMonitor');
export const EXEC_MANAGER = createToken<ExecManager>('ExecManager');
export const CONTAINER = createToken<Container>('Container');

/** Any of the tokens above. */
export type AnyToken<T> = Token<T>;
