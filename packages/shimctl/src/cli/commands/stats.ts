import { setTimeout as delay } from 'node:timers/promises';
import { checkIdentifier } from '@holdfast/core/client';
import type { CommandContext } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { untilInterrupted } from '../until-interrupted.js';
import { invalid, parseSeconds } from '../numbers.js';
import { isUtf8 } from '../output/is-utf8.js';
import { formatStats } from '../stats/format-stats.js';
import { History } from '../stats/history.js';
import type { RatedStats } from '../stats/rates.js';
import { Sampler } from '../stats/sampler.js';
import { isScreen, type Screen } from '../stats/screen.js';
import { withScreen } from '../stats/with-screen.js';
import { examples, type CommandHost, type Handler } from './command.js';

interface StatsOptions {
  readonly stream: boolean;
  readonly interval: string;
}

/** `shimctl stats`. */
export function addStats(host: CommandHost): void {
  const command = host.program
    .command('stats')
    .description('show what containers use, again and again')
    .argument('[id...]', 'containers; all that run if none is named')
    .option('--no-stream', 'once, and no more, after two readings')
    .option('--interval <seconds>', 'time from one reading to the next', '1')
    .addHelpText(
      'after',
      `
CPU % is of one CPU. Memory is without the page cache that could be dropped at once. NET, BLOCK and LOG are bytes a second,
LINES log records a second. "-" is not known yet, or not counted: the network of a container that shares the
host's. On a terminal the table stays in its place, leaves out columns that have no room, and shows the last
readings as bars (a full one is 100 % of a CPU, or the most that there was) if the locale is a UTF-8 one.
With --json there is one document a line for each container, with counters and rates.
${examples('shimctl stats', 'shimctl stats --no-stream web db', 'shimctl --json stats web')}`,
    );
  host.bind<StatsOptions>(command, stats);
}

const stats: Handler<StatsOptions> = async (context, ids, { stream, interval }) => {
  for (const id of ids) checkIdentifier(id, 'container id');
  const intervalMs = parseSeconds(interval, '--interval');
  if (intervalMs < 10) throw invalid(interval, '--interval', 'a number of seconds from 0.01');
  const { config, shims } = await context.connect();
  const { group } = context.globals;
  const sampler = new Sampler(shims, { namespace: config.namespace, ids, group });
  const none = `no container runs in the namespace ${config.namespace}${group === undefined ? '' : `, group ${group}`}\n`;
  const watch = { sampler, intervalMs, none };
  if (!stream) return interruptible(context, (signal) => once(context, { ...watch, signal }));
  if (context.output.json || !isScreen(context.environment))
    return interruptible(context, (signal) => again({ ...watch, signal }, (sample) => print(context, sample, none)));
  return withScreen(context, (screen) => {
    const draw = drawOn(screen, { none, bars: isUtf8(context.environment.env) });
    return interruptible(context, (signal) => again({ ...watch, signal }, draw));
  });
};

interface Watch {
  readonly sampler: Sampler;
  readonly intervalMs: number;
  /** What is said where there is nothing to show. */
  readonly none: string;
  readonly signal: AbortSignal;
}

function interruptible(context: CommandContext, work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  return untilInterrupted(context, (signal) => Promise.race([work(signal), context.whenClosed]));
}

/** A rate takes two readings. */
async function once(context: CommandContext, { sampler, intervalMs, none, signal }: Watch): Promise<number> {
  await sampler.sample();
  await delay(intervalMs, undefined, { signal });
  await print(context, await sampler.sample(), none);
  return EXIT.OK;
}

async function again(
  { sampler, intervalMs, signal }: Watch,
  show: (sample: readonly RatedStats[]) => Promise<void>,
): Promise<number> {
  for (;;) {
    const sample = await sampler.sample();
    if (sampler.over) return EXIT.OK;
    await show(sample);
    await delay(intervalMs, undefined, { signal });
  }
}

async function print({ output }: CommandContext, sample: readonly RatedStats[], none: string): Promise<void> {
  if (!output.json) return output.write(sample.length === 0 ? none : formatStats(sample));
  for (const stats of sample) await output.writeJson(stats);
}

function drawOn(screen: Screen, { none, bars }: { readonly none: string; readonly bars: boolean }) {
  const history = new History();
  return (sample: readonly RatedStats[]): Promise<void> => {
    history.add(sample);
    const room = { columns: screen.size.columns, ...(bars && { history }) };
    return screen.show(sample.length === 0 ? none : formatStats(sample, room));
  };
}
