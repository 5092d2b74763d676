import { setTimeout as delay } from 'node:timers/promises';
import { Option } from 'commander';
import { isShimError } from '@holdfast/core/plugin';
import { newRequest, type CommandContext, type Target } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { addForegroundOptions, passOn, runForeground, type ForegroundOptions } from '../process/foreground.js';
import { relaySignals, type SignalRelay } from '../relay-signals.js';
import { examples, type CommandHost, type Handler } from './command.js';
import { NOTIFIERS, unitNotifier, type NotifierName } from '../unit/unit-notifier.js';
import { requireKeys } from '../terminal/require-keys.js';
import { addNewContainerOptions, createContainer, type NewContainerOptions } from './new-container.js';

/** How long the unit's manager may take to hear what a container said last. */
const LAST_WORDS_MS = 1_000;

interface RunOptions extends NewContainerOptions, ForegroundOptions {
  readonly detach?: true;
  readonly sdnotify: NotifierName;
}

/** `shimctl run`: create, attach, start. */
export function addRun(host: CommandHost): void {
  const command = host.program
    .command('run')
    .description('create and start a container, and stay with it until it ends')
    .argument('<id>', 'id of the new container')
    .option('-d, --detach', 'return once it runs')
    .option('-i, --interactive', 'pass stdin on')
    .addOption(
      new Option('--sdnotify <who>', 'who tells systemd that the unit is ready').choices(NOTIFIERS).default('shim'),
    );
  addForegroundOptions(addNewContainerOptions(command)).addHelpText('after', EPILOG);
  host.bind<RunOptions>(command, run);
}

const EPILOG = `
In the foreground, INT, TERM, HUP, QUIT, USR1 and USR2 go to the container. It lives on if shimctl is killed.

With -t it has a terminal, and with -i as well our keys go to it; ctrl-p ctrl-q leaves it running, and "shimctl attach"
comes back. Signals that end a program end shimctl alone then. --detach-keys takes keys like ctrl-],d; "" for none.

In a unit of systemd with Type=notify (NOTIFY_SOCKET is set), --sdnotify says when the unit is ready: shim, as soon as
the container runs, which is right for every program; container, when the program itself says READY=1, which only one
that speaks sd_notify does, and its STATUS, RELOADING, STOPPING, WATCHDOG and ERRNO are passed on; ignore, never.
With -d and container it returns when the program is ready.

Exit codes: the container's own, 128+N if signal N ended it; 125 if shimctl or the shim failed, 126 if the command
can't be executed, 127 if it doesn't exist.
${examples('shimctl run --bundle ./web web', 'echo hello | shimctl run -i --rm -b ./filter f1', 'shimctl run -it --rm -b ./shell sh1', 'shimctl run -d -b ./web web')}`;

const run: Handler<RunOptions> = async (context, [id], options) => {
  if (!options.detach) requireKeys(context, options);
  if (options.detach) return runDetached(context, id as string, options);
  const relay = relaySignals(context.environment, (error) => context.output.error(error));
  try {
    return await Promise.race([runAttached(context, relay, { id: id as string, options }), relay.gaveUp]);
  } finally {
    relay.close();
  }
};

async function runDetached(context: CommandContext, id: string, options: RunOptions): Promise<number> {
  const notifier = unitNotifier(context, options.sdnotify, true);
  const target = await createContainer(context, id, options, notifier.request);
  const { service, ref } = target;
  const document = await service.start(ref, newRequest()).catch((error: unknown) => abandon(target, error));
  const failed = await notifier.started(target, document.pid);
  if (context.output.json) await context.output.writeJson(document);
  return failed ?? EXIT.OK;
}

async function runAttached(
  context: CommandContext,
  relay: SignalRelay,
  { id, options }: { id: string; options: RunOptions },
): Promise<number> {
  const notifier = unitNotifier(context, options.sdnotify, false);
  const { progress } = context.environment;
  const target =
    progress?.known === undefined
      ? await createContainer(context, id, options, notifier.request)
      : // Another process has come so far with it.
        { ...(await context.target(id)), terminal: progress.known['terminal'] === true };
  const { service, shims, ref, config } = target;
  let told: Promise<unknown> = Promise.resolve();
  const exit = await runForeground(context, relay, {
    shims,
    config,
    ref,
    interactive: options.interactive === true,
    terminal: target.terminal,
    options,
    primary: true,
    start: async () => {
      const { pid } = await service.start(ref, newRequest());
      told = notifier.started(target, pid).catch((error: unknown) => context.output.error(error));
    },
    kill: (signal) => service.kill(ref, { ...newRequest(), signal, all: false }),
  }).catch((error: unknown) => abandon(target, error));
  await Promise.race([told, delay(LAST_WORDS_MS, undefined, { ref: false })]);
  return passOn(context, id, exit);
}

/** Removes a container that was created and never ran, so that the id is free for the next try; rethrows `error`. */
async function abandon({ service, ref }: Target, error: unknown): Promise<never> {
  const document = await service.inspect(ref).catch(() => undefined);
  const neverRan = document?.status === 'created' || (document?.status === 'stopped' && document.startedAt === null);
  if (neverRan && isShimError(error)) {
    await service.delete(ref, { ...newRequest(), force: true }).catch(() => undefined);
  }
  throw error;
}
