import { setTimeout as delay } from 'node:timers/promises';
import {
  ApiServer,
  composeShim,
  KeeperLink,
  LazyValidators,
  LiveSettings,
  PluginRegistry,
  StateLayout,
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

  const keeper = new KeeperLink(KEEPER_FD, () => {
    logger.error('the keeper has gone: leaving; containers live on');
    process.exit(1);
  });
  const welcome = await keeper.hello();

  const layout = new StateLayout(options.root);
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
  });
  const { restarts } = welcome;
  events.emit('shim-start', { attributes: { pid: process.pid, version: VERSION, restarts } });
  await containers.recover();

  const server = new ApiServer({ service: shim, attachables, validators, logger });
  await server.listen(API_FD);
  logger.info({ version: VERSION, group: options.group, restarts: welcome.restarts }, 'serving');

  changed = leaveWhenIdle(() => settings.current.idleTimeoutMs, {
    busy: () => !containers.empty || server.active > 0,
    leave: async () => {
      server.leave();
      if (!(await keeper.quit())) return server.stay();
      sweepContainerCgroups();
      await Promise.race([events.flush(), delay(FLUSH_MS)]);
      logger.info('nothing left to do: leaving');
      server.close();
      process.exit(0);
    },
  });
  containers.onChange = changed;
  server.onIdle = changed;
  changed();
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
