import type { DependencyContainer } from 'tsyringe';
import {
  ATTACH_HUB,
  CONTAINER,
  CONTAINER_COUNTERS,
  CONTAINER_EVENTS,
  CONTAINER_IO,
  EVENT_BUS,
  EXEC_MANAGER,
  IO_SERVICES,
  LAYOUT,
  LOG_FACTORY,
  LOG_FANOUT,
  LOSS_LEDGER,
  NOTIFICATIONS,
  OOM_MONITOR,
  RECORDS,
  RUNTIME,
  RUNTIME_FACTORY,
  SHIM_COUNTERS,
} from '../di/tokens.js';
import { ContainerEvents } from '../events/container-events.js';
import { ExecManager } from '../exec/exec-manager.js';
import type { DriverUse } from '../logging/log-factory.js';
import { FORWARDED, LossLedger } from '../logging/loss-ledger.js';
import { newContainerCounters } from '../metrics/counters.js';
import { followLosses } from '../metrics/shim-counters.js';
import { Notifications } from '../notify/notifications.js';
import { OomMonitor } from '../oom/oom-monitor.js';
import type { ContainerRecords } from '../state/container-records.js';
import { AttachHub } from '../stdio/attach-hub.js';
import { makeIo } from '../stdio/make-io.js';
import { Container } from './container.js';

/** Losses are written down this long after the first of a burst. */
const LOSS_DELAY_MS = 200;

/** Builds one container's objects in a child container of its own. Starts nothing. Throws `SHIM_PLUGIN_…`. */
export async function openContainer(
  root: DependencyContainer,
  records: ContainerRecords,
  drivers: DriverUse = 'all',
): Promise<Container> {
  const scope = root.createChildContainer();
  const { request } = records;
  const record = delayed(() => records.update({ lost: ledger.document(), told: ledger.toldRecord() }));
  const countLosses = followLosses(root.resolve(SHIM_COUNTERS), records.runtime.lost);
  const onLoss = (): void => {
    countLosses(ledger.document());
    record();
    events.losses.changed();
  };
  const ledger: LossLedger = new LossLedger(records.runtime.lost, onLoss, records.runtime.told);
  const events = new ContainerEvents(root.resolve(EVENT_BUS), request, () => ledger.document());
  const counters = newContainerCounters();
  const fanout = await root
    .resolve(LOG_FACTORY)
    .create(request, { ledger, counters, directory: records.store.directory }, drivers);
  const hub = new AttachHub(
    ({ primary, clients }) => records.update({ primaryAttached: primary, attached: clients }).catch(() => undefined),
    root.resolve(IO_SERVICES).arrivals?.open,
  );
  scope.register(RECORDS, { useValue: records });
  scope.register(CONTAINER_EVENTS, { useValue: events });
  scope.register(RUNTIME, { useValue: await root.resolve(RUNTIME_FACTORY).create(request.config, request.namespace) });
  scope.register(LOSS_LEDGER, { useValue: ledger });
  scope.register(CONTAINER_COUNTERS, { useValue: counters });
  scope.register(LOG_FANOUT, { useValue: fanout });
  scope.register(ATTACH_HUB, { useValue: hub });
  const io = makeIo(
    {
      directory: records.store.directory,
      key: request.instance,
      stdin: request.stdin,
      terminal: request.terminal === true,
      size: request.terminalSize,
      consoleSocket: root.resolve(LAYOUT).consoleSocket(request.instance),
      hub,
      records: (batch) => fanout.write(batch),
      lose: (loss) => fanout.lose(loss),
      ...(fanout.isDirect && { direct: (stream, pipe) => fanout.direct(stream, pipe) }),
      output: request.config.output,
      forward: request.forward,
      given: request.givenStdio === true,
      logged: request.config.logs.length > 0,
      onDropped: (dropped) => ledger.add(FORWARDED, dropped),
    },
    root.resolve(IO_SERVICES),
  );
  scope.register(CONTAINER_IO, { useValue: io });
  const { keeper, poller, logger } = root.resolve(IO_SERVICES);
  scope.register(NOTIFICATIONS, { useValue: new Notifications({ records, keeper, poller, logger }) });
  scope.register(OOM_MONITOR, { useValue: scope.resolve(OomMonitor) });
  scope.register(EXEC_MANAGER, { useValue: scope.resolve(ExecManager) });
  scope.register(CONTAINER, { useValue: scope.resolve(Container) });
  return scope.resolve(CONTAINER);
}

/** `write`, once for all calls within a moment. After the container is deleted there is no place to write to. */
function delayed(write: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      write().catch(() => undefined);
    }, LOSS_DELAY_MS);
  };
}
