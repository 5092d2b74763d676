import { setTimeout as delay } from 'node:timers/promises';
import {
  ApiServer,
  composeShim,
  faultPoint,
  FrontEnds,
  HeldTerminals,
  inheritedListener,
  KeeperLink,
  KnownSecrets,
  LaunchServer,
  LazyValidators,
  LiveSettings,
  loadConfig,
  PluginRegistry,
  processHandles,
  StateLayout,
  takeOverTerminals,
  sweepContainerCgroups,
  Upgrader,
  type ComposedShim,
  type ConfigSources,
  type ContainerRef,
  type KeeperWelcome,
  type LoadedConfig,
  type ShimInfo,
} from '@holdfast/core';
import { native } from '@holdfast/native';
import type { Logger } from 'pino';
import { BUILT_INS } from '../built-ins.js';
import { CONFIG_VALIDATORS } from '../precompiled-config.js';
import { REQUEST_VALIDATORS } from '../precompiled-requests.js';
import { VERSION } from '../version.js';
import { LAUNCH_KIND } from '../cli/launch-place.js';
import { serveShimctl } from './launch/serve-shimctl.js';
import { leaveWhenIdle } from './leave-when-idle.js';
import { letGo } from './let-go.js';
import { exitOnSurprise } from './on-surprise.js';
import { keptArguments, type ShimdOptions } from './options.js';
import { releaseWhenQuiet } from './release-when-quiet.js';
import { shimLogger } from './shim-logger.js';

/** Descriptors that the keeper hands to shimd; see docs/keeper-protocol.md. */
const KEEPER_FD = 3;
const API_FD = 4;
const LAUNCH_FD = 5;

/** How long a slow disk gets to take the last events. */
const FLUSH_MS = 1_000;
/** How long front ends get to come to rest when nothing is left to do. */
const REST_MS = 5_000;

/** What belongs to the same installation; absolute paths. */
export interface ShimdFiles {
  /** The script that runs log drivers apart. */
  readonly logHost: string;
  /** What the launcher runs in the place of this shim. */
  readonly shimctl: string;
}

/**
 * Serves one group until its last container has gone, or its keeper, or another shimd takes its place.
 */
export async function shimd(options: ShimdOptions, { logHost, shimctl }: ShimdFiles): Promise<void> {
  const secrets = new KnownSecrets();
  const logger = shimLogger(options.logLevel, secrets);
  // State files carry their modes; log files get theirs, which a narrower mask would cut.
  process.umask(0o022);
  exitOnSurprise(logger);
  const launchFd = inheritedListener(LAUNCH_FD);

  const layout = new StateLayout(options.root);
  const terminals = new HeldTerminals(layout.groupTerminals(options.group));
  let stopServing = (): void => undefined;
  const keeper = new KeeperLink(KEEPER_FD, () => outliveKeeper(logger, terminals, () => stopServing()));
  const welcome = await takeOver(layout.groupTerminals(options.group), keeper, logger);
  const frontEnds = await FrontEnds.load(options.frontEnds ?? [], logger);

  let changed = (): void => undefined;
  const settings = new LiveSettings(options, layout.groupSettings(options.group), ({ logLevel }) => {
    logger.level = logLevel;
    changed();
  });
  await settings.restore(welcome.restarts);

  const validators = new LazyValidators([...CONFIG_VALIDATORS, ...REQUEST_VALIDATORS]);
  const registry = new PluginRegistry(BUILT_INS);
  const upgrader = new Upgrader({
    ...{ keeper, welcome, version: VERSION, group: options.group, kept: keptArguments(options) },
    letGo: () =>
      void letGo({ server, launches, frontEnds, shim: composed, containers, events, leave: leaveFor(logger) }),
  });
  const info = { ...infoOf(options.group, welcome), settings, upgrader };
  const wiring = { keeper, welcome, layout, info, logger, registry, validators, logHost, terminals, secrets };
  const composed = composeShim(wiring);
  const { shim, containers, attachables, events } = composed;
  const { restarts } = welcome;
  events.emit('shim-start', { attributes: { pid: process.pid, version: VERSION, restarts } });
  await containers.recover();

  const launches = new LaunchServer(logger);
  const server = new ApiServer({ service: shim, attachables, validators, logger });
  if (welcome.replacement?.outcome === 'on trial') faultPoint('upgrade-on-trial');
  const { group } = options;
  const inProcess = processHandles(containers);
  const forCommands = { version: VERSION, group, layout, service: shim, attachables, validators };
  launches.handleStreams(LAUNCH_KIND, serveShimctl({ ...forCommands, has: knownTo(containers) }, shimctl));
  const readConfig = (from: ConfigSources): Promise<LoadedConfig> => loadConfig({ ...from, registry, validators });
  const { commands } = composed;
  const own = { service: shim, keeper, held: welcome.held, commands, layout, group, version: VERSION, logger };
  await frontEnds.serve({ ...own, ...inProcess, loadConfig: readConfig, changed: () => changed() }, launches);
  stopServing = () => {
    server.close();
    launches.close();
  };
  await server.listen(API_FD);
  if (launchFd !== undefined) launches.listen(launchFd);
  keeper.serving();
  logger.info({ version: VERSION, group: options.group, restarts: welcome.restarts }, 'serving');

  native.releaseMemory(false);

  const root = options.root;
  changed = whenAtRest({ server, launches, frontEnds, keeper, events, logger, root, containers, settings });
  changed();
}

/** Tells of containers whose records can be read. */
function knownTo(containers: ComposedShim['containers']): (ref: ContainerRef) => boolean {
  return (ref) => {
    try {
      return containers.get(ref) !== undefined;
    } catch {
      return false;
    }
  };
}

function leaveFor(logger: Logger): () => void {
  return () => {
    logger.info('leaving for another shimd');
    process.exit(0);
  };
}

interface Leaving {
  readonly server: ApiServer;
  readonly launches: LaunchServer;
  readonly frontEnds: FrontEnds;
  readonly keeper: KeeperLink;
  readonly events: ComposedShim['events'];
  readonly logger: Logger;
  readonly root: string;
}

interface Resting extends Leaving {
  readonly containers: ComposedShim['containers'];
  readonly settings: LiveSettings;
}

/** What is to be called at every change that nothing here tells of by itself. */
function whenAtRest({ containers, settings, ...leaving }: Resting): () => void {
  const { server, launches, frontEnds } = leaving;
  const leave = leaveWhenIdle(() => settings.current.idleTimeoutMs, {
    busy: () => !containers.empty || server.active > 0 || launches.active > 0 || frontEnds.busy,
    leave: () => leaveForGood(leaving),
  });
  const release = releaseWhenQuiet();
  const changed = (): void => {
    leave();
    release();
  };
  containers.onChange = changed;
  server.onIdle = changed;
  launches.onIdle = changed;
  return changed;
}

/** False if the keeper has something to stay for. */
async function leaveForGood({ server, launches, frontEnds, keeper, events, logger, root }: Leaving): Promise<boolean> {
  server.leave();
  launches.leave();
  if (!(await keeper.quit())) {
    launches.stay();
    return server.stay();
  }
  await frontEnds.leave('idle', REST_MS);
  await farewell(events, logger, root);
  server.close();
  process.exit(0);
}

/** What the keeper remembers, and the terminals of a shimd that had lost its own keeper. */
async function takeOver(terminals: string, keeper: KeeperLink, logger: Logger): Promise<KeeperWelcome> {
  const greeting = await keeper.hello();
  const taken = await takeOverTerminals(terminals, keeper);
  if (taken.length > 0)
    logger.info({ taken: taken.length }, 'terminals taken over from a shimd that had lost its keeper');
  return { ...greeting, held: new Set([...greeting.held, ...taken]) };
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

function infoOf(group: string, { pid, restarts, replacements, replacement }: KeeperWelcome): ShimInfo {
  const handedOver = replacement?.outcome === 'on trial';
  // One on trial is counted by the keeper once it serves, which is what it does when somebody asks.
  const taken = replacements + (handedOver ? 1 : 0);
  const who = { pid: process.pid, keeperPid: pid, group, version: VERSION };
  return { ...who, restarts, replacements: taken, handedOver };
}

async function farewell(events: ComposedShim['events'], logger: Logger, root: string): Promise<void> {
  await sweepContainerCgroups(root);
  await Promise.race([events.flush(), delay(FLUSH_MS)]);
  logger.info('nothing left to do: leaving');
}
