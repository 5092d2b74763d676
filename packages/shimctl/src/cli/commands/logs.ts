import { ShimError, type LogDriver, type LogQuery, type StreamName } from '@holdfast/core/plugin';
import type { CommandContext, Target } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { parseCount } from '../numbers.js';
import { RecordWriter } from '../output/record-writer.js';
import { examples, type CommandHost, type Handler } from './command.js';

interface LogsOptions {
  readonly follow?: true;
  readonly tail?: string;
  readonly stdout?: true;
  readonly stderr?: true;
  readonly timestamps?: true;
}

/** `shimctl logs`. */
export function addLogs(host: CommandHost): void {
  const command = host.program
    .command('logs')
    .description("print a container's logs, stdout to stdout and stderr to stderr")
    .argument('<id>', 'container')
    .option('-f, --follow', 'go on until the container has ended')
    .option('--tail <n>', 'the last N lines alone')
    .option('--stdout', 'what was written to stdout alone')
    .option('--stderr', 'what was written to stderr alone')
    .option('--timestamps', 'put the time before each line')
    .addHelpText('after', examples('shimctl logs web', 'shimctl logs -f --tail 10 web', 'shimctl logs --stderr web'));
  host.bind<LogsOptions>(command, logs);
}

const logs: Handler<LogsOptions> = async (context, [id], options) => {
  const query = toQuery(options);
  const target = await context.target(id as string);
  const reader = await openReader(context, target);
  const writer = new RecordWriter(context.environment, options.timestamps === true);
  if (options.follow) return follow(context, target, { reader, query, writer });
  await copy({ reader, query, writer }, new AbortController().signal);
  return EXIT.OK;
};

function toQuery({ tail, stdout, stderr }: LogsOptions): LogQuery {
  const streams: StreamName[] = [...(stdout ? ['stdout' as const] : []), ...(stderr ? ['stderr' as const] : [])];
  return {
    ...(streams.length > 0 && { streams }),
    ...(tail !== undefined && { tail: parseCount(tail, '--tail') }),
  };
}

type LogReader = Required<Pick<LogDriver, 'read'>>;

async function openReader({ environment }: CommandContext, { service, ref }: Target): Promise<LogReader> {
  const document = await service.inspect(ref);
  const driver = await environment.services.openLogReader(document);
  if (driver?.read !== undefined) return driver as LogReader;
  const drivers = document.logs.map((log) => log.driver).join(', ');
  throw new ShimError(
    'SHIM_UNSUPPORTED',
    drivers === '' ? 'the container keeps no logs' : `none of its log drivers can be read back: ${drivers}`,
    { where: ref.id, remedy: 'Run the container with a log driver that reads back, such as --log file.' },
  );
}

interface Copy {
  readonly reader: LogReader;
  readonly query: LogQuery;
  readonly writer: RecordWriter;
}

async function copy({ reader, query, writer }: Copy, stop: AbortSignal): Promise<void> {
  try {
    for await (const item of reader.read(query, stop)) {
      if (stop.aborted) break;
      await writer.push(item);
    }
  } finally {
    await writer.flush();
  }
}

/** Ends when the container is drained; SIGINT ends it at once. */
async function follow(
  context: CommandContext,
  { service, ref }: Target,
  { reader, query, writer }: Copy,
): Promise<number> {
  const interrupted = new AbortController();
  const complete = new AbortController();
  const giveBack = context.environment.onSignal('SIGINT', () => interrupted.abort());
  // A container that is gone is drained as well; what was written can be read in any case.
  const drained = service.wait(ref, 'drained', interrupted.signal).catch(() => undefined);
  void drained.then(() => complete.abort());
  try {
    await copy({ reader, writer, query: { ...query, follow: complete.signal } }, interrupted.signal);
    return interrupted.signal.aborted ? EXIT.INTERRUPTED : EXIT.OK;
  } catch (error) {
    if (interrupted.signal.aborted) return EXIT.INTERRUPTED;
    throw error;
  } finally {
    giveBack();
    interrupted.abort(); // ends the wait
  }
}
