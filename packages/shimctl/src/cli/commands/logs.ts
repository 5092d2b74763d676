import { ShimError } from '@holdfast/core/plugin';
import { Option } from 'commander';
import type { CommandContext, Target } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { JsonRecordWriter } from '../output/json-record-writer.js';
import { RecordWriter } from '../output/record-writer.js';
import { copyRecords, openReader, type Copy } from '../log-reader.js';
import { examples, type CommandHost, type Handler } from './command.js';
import { logsQuery, type LogsFlags } from './logs-query.js';
import { untilInterrupted } from '../until-interrupted.js';
import { whenOver } from './when-over.js';

interface LogsOptions extends LogsFlags {
  readonly follow?: true;
  readonly timestamps?: true;
  readonly raw?: true;
}

const HELP = `
A time is RFC 3339 (2026-01-02T03:04:05Z; without zone: local), seconds since the epoch (1767323045.5), or an age (10m,
1h30m). With --json each record is an object on a line of its own: type "entry", stream, time, text (or base64, if it
is not UTF-8) and partial; or type "gap", records (a number or null), reason and, where they are known, bytes, time and stream.
Where records are missing a line on stderr says so; with --raw nothing is printed but what the container printed.
${examples('shimctl logs web', 'shimctl logs -f --tail 10 web', 'shimctl logs --since 1h --until 30m --stderr web', 'shimctl --json logs web | jq -r .text')}`;

/** `shimctl logs`. */
export function addLogs(host: CommandHost): void {
  const command = host.program
    .command('logs')
    .description("print a container's logs, stdout to stdout and stderr to stderr")
    .argument('<id>', 'container')
    .option('-f, --follow', 'go on until the container has ended')
    .option('-n, --tail <n>', 'the last N lines alone, or all')
    .option('--since <time>', 'what was written at that time or later')
    .option('--until <time>', 'what was written before that time; with --follow it ends then')
    .addOption(new Option('--stream <name>', 'what was written to that stream alone').choices(['stdout', 'stderr']))
    .option('--stdout', 'what was written to stdout alone')
    .option('--stderr', 'what was written to stderr alone')
    .option('-t, --timestamps', 'put the time before each line')
    .option('--raw', 'the bytes of the container and nothing else')
    .addHelpText('after', HELP);
  host.bind<LogsOptions>(command, logs);
}

const logs: Handler<LogsOptions> = async (context, [id], options) => {
  const query = logsQuery(options);
  refuseDecoratedRaw(options, context.output.json);
  const target = await context.target(id as string);
  const reader = await openReader(context, target);
  const writer = context.output.json
    ? new JsonRecordWriter(context.environment)
    : new RecordWriter(context.environment, { timestamps: options.timestamps === true, gaps: options.raw !== true });
  if (options.follow) return follow(context, target, { reader, query, writer });
  await copyRecords({ reader, query, writer }, new AbortController().signal);
  return EXIT.OK;
};

/** Throws SHIM_USAGE. */
function refuseDecoratedRaw({ raw, timestamps }: LogsOptions, json: boolean): void {
  const other = json ? '--json' : timestamps ? '--timestamps' : undefined;
  if (!raw || other === undefined) return;
  throw new ShimError('SHIM_USAGE', `--raw and ${other} contradict each other`, {
    where: '--raw',
    remedy: 'Give one of them: --raw prints the bytes of the container and nothing else.',
  });
}

/** Ends when the container is drained or the time is over. */
function follow(context: CommandContext, { service, ref }: Target, { reader, query, writer }: Copy): Promise<number> {
  return untilInterrupted(context, async (signal) => {
    const complete = new AbortController();
    // A container that is gone is drained as well; what was written can be read in any case.
    const drained = service.wait(ref, 'drained', signal).catch(() => undefined);
    void drained.then(() => complete.abort());
    const cancel = whenOver(query.until, () => complete.abort());
    try {
      await copyRecords({ reader, writer, query: { ...query, follow: complete.signal } }, signal);
      return EXIT.OK;
    } finally {
      cancel();
    }
  });
}
