import { setTimeout as delay } from 'node:timers/promises';
import { checkIdentifier } from '@holdfast/core/client';
import type { CommandContext } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { untilInterrupted } from '../until-interrupted.js';
import { invalid, parseSeconds } from '../numbers.js';
import { formatStats } from '../stats/format-stats.js';
import type { RatedStats } from '../stats/rates.js';
import { Sampler } from '../stats/sampler.js';
import { Screen } from '../stats/screen.js';
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
    .option('--no-stream', 'once, and no more')
    .option('--interval <seconds>', 'time from one reading to the next', '1')
    .addHelpText(
      'after',
      `
CPU % is of one CPU. Memory is without the page cache that could be dropped at once. "-" is not known, or not counted:
the network of a container that shares the host's. With --json there is one document a line for each container.
${examples('shimctl stats', 'shimctl stats --no-stream web db', 'shimctl --json stats web')}`,
    );
  host.bind<StatsOptions>(command, stats);
}

const stats: Handler<StatsOptions> = async (context, ids, { stream, interval }) => {
  for (const id of ids) checkIdentifier(id, 'container id');
  const intervalMs = parseSeconds(interval, '--interval');
  if (intervalMs < 10) throw invalid(interval, '--interval', 'a number of seconds from 0.01');
  const { config, shims } = await context.connect();
  const sampler = new Sampler(shims, { namespace: config.namespace, ids, group: context.globals.group });
  return untilInterrupted(context, (signal) =>
    Promise.race([(stream ? watch : once)(context, { sampler, intervalMs, signal }), context.whenClosed]),
  );
};

interface Watch {
  readonly sampler: Sampler;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

/** A rate takes two readings. */
async function once(context: CommandContext, { sampler, intervalMs, signal }: Watch): Promise<number> {
  await sampler.sample();
  await delay(intervalMs, undefined, { signal });
  await show(context, new Screen(context.output, { isTTY: NO_TERMINAL, env: {} }), await sampler.sample());
  return EXIT.OK;
}

const NO_TERMINAL = { stdin: false, stdout: false, stderr: false };

async function watch(context: CommandContext, { sampler, intervalMs, signal }: Watch): Promise<number> {
  const screen = new Screen(context.output, context.environment);
  for (;;) {
    const sample = await sampler.sample();
    if (sampler.over) return EXIT.OK;
    await show(context, screen, sample);
    await delay(intervalMs, undefined, { signal });
  }
}

async function show({ output }: CommandContext, screen: Screen, sample: readonly RatedStats[]): Promise<void> {
  if (!output.json) return screen.show(formatStats(sample, output.colours));
  for (const stats of sample) await output.writeJson(stats);
}
