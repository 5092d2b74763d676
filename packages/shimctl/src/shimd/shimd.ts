import { setTimeout as delay } from 'node:timers/promises';
import {
  ApiServer,
  composeShim,
  HeldTerminals,
  KeeperLink,
  LazyValidators,
  LiveSettings,
  PluginRegistry,
  StateLayout,
  takeOverTerminals,
  sweepContainerCgroups,
} from '@holdfast/core';
import { destination, pino, type Logger } from 'pino';
import { BUILT_INS } from '../built-ins.js';
import { CONFIG_VALIDATORS } from '../precompiled-config.js';
import { REQUEST_VALIDATORS } from '../precompiled-requests.js';
import { VERSION } from '../version.js';
import { leaveWhenIdle } from './leave-when-idle.js';
import type { ShimdOptions } from './options.js';

/** Descriptors that the keeper hands to shimd; see docs/keeper-protocol.md. */
const KEEPER_FD = 3;
const API_FD = 4;

/** How long a slow disk gets to take the last events. */
const FLUSH_MS = 1_000;

/** Serves one group until its last container has gone, or its keeper. */
export async function shimd(options: ShimdOptions): Promise<void> {
  const logger = pino({ level: options.logLevel, base: { pid: process.pid } }, destination({ fd: 1, sync: true }));
  // State files carry their modes; log files get theirs, which a narrower mask would cut.
  process.umask(0o022);
  exitOnSurprise(logger);

  const layout = new StateLayout(options.root);
  const terminals = new HeldTerminals(layout.groupTerminals(options.group));
  let stopServing = (): void => undefined;
  const keeper = new KeeperLink(KEEPER_FD, () => outliveKeeper(logger, terminals, () => stopServing()));
  const welcome = await keeper.hello();
  const taken = await takeOverTerminals(layout.groupTerminals(options.group), keeper);
  if (taken > 0) logger.info({ taken }, 'terminals taken over from a shimd that had lost its keeper');

  let changed = (): void => undefined;
  const settings = new LiveSettings(options, layout.groupSettings(options.group), ({ logLevel }) => {
    logger.level = logLevel;
    changed();
  });
  await settings.restore(welcome.restarts);

  const validators = new LazyValidators([...CONFIG_VALIDATORS, ...REQUEST_VALIDATORS]);
  const { shim, containers, attachables, events } = composeShim({
    keeper,
    welcome,
    layout,
    info: {
      pid: process.pid,
      keeperPid: welcome.pid,
      group: options.group,
      version: VERSION,
      restarts: welcome.restarts,
      settings,
    },
    logger,
    registry: new PluginRegistry(BUILT_INS),
    validators,
    terminals,
  });
  const { restarts } = welcome;
  events.emit('shim-start', { attributes: { pid: process.pid, version: VERSION, restarts } });
  await containers.recover();

  const api = new ApiServer({ service: shim, attachables, validators, logger });
  stopServing = () => api.close();
  await api.listen(API_FD);
  keeper.serving();
  logger.info({ version: VERSION, group: options.group, restarts: welcome.restarts }, 'serving');

  changed = leaveWhenIdle(() => settings.current.idleTimeoutMs, {
    busy: () => !containers.empty || api.active > 0,
    leave: async () => {
      api.leave();
      if (!(await keeper.quit())) return api.stay();
      sweepContainerCgroups();
      await Promise.race([events.flush(), delay(FLUSH_MS)]);
      logger.info('nothing left to do: leaving');
      api.close();
      process.exit(0);
    },
  });
  containers.onChange = changed;
  api.onIdle = changed;
  changed();
}

/**
 * Containers live on, but for terminals that only this process still has: it holds them until the next shimd, of the next keeper, has
 * taken them and ends it. Nothing else may go on here, since that one writes the same logs.
 */
function outliveKeeper(logger: Logger, terminals: HeldTerminals, stopServing: () => void): void {
  if (!terminals.any) {
    logger.error('the keeper has gone: leaving; containers live on');
    process.exit(1);
  }
  logger.error('the keeper has gone: doing nothing but hold terminals, until the next shimd takes them');
  stopServing();
  // Clients have been cut off by then, and ask for that next shimd.
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
}

/** The keeper starts shimd again, and nothing is lost by it: going on in an unknown state is worse. */
function exitOnSurprise(logger: Logger): void {
  const surprise = (error: unknown): void => {
    logger.fatal({ err: error }, 'unexpected error: starting again');
    process.exit(70);
  };
  process.on('uncaughtException', surprise);
  process.on('unhandledRejection', surprise);
}
