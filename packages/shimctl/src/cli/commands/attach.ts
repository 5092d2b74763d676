import { ShimError } from '@holdfast/core/plugin';
import { newRequest, type CommandContext } from '../context.js';
import { copyRecords, openReader, type LogReader } from '../log-reader.js';
import { RecordWriter } from '../output/record-writer.js';
import { addForegroundOptions, passOn, runForeground, type ForegroundOptions } from '../process/foreground.js';
import { relaySignals } from '../relay-signals.js';
import { examples, type CommandHost, type Handler } from './command.js';

interface AttachOptions extends ForegroundOptions {
  readonly stdin: boolean;
  readonly sigProxy: boolean;
  readonly logs?: true;
}

/** `shimctl attach`. */
export function addAttach(host: CommandHost): void {
  const command = host.program
    .command('attach')
    .description("join our stdio to a container's")
    .argument('<id>', 'container')
    .option('--no-stdin', 'only watch')
    .option('--logs', 'print first what it has written before')
    .option('--no-sig-proxy', 'signals are for shimctl, not for the container');
  addForegroundOptions(command).addHelpText('after', EPILOG);
  host.bind<AttachOptions>(command, attach);
}

const EPILOG = `
Any number may be attached at once; each sees what is written from then on, and all may type. Nobody waits for one that is
slow: it misses output, and is told how much. The container goes on if shimctl is killed.

On a terminal ctrl-p ctrl-q leaves. Elsewhere INT, TERM, HUP, QUIT, USR1 and USR2 go to the container, and the end of our
stdin is the end of its, unless --leave-stdin-open is given.

Exit codes: the container's own, 128+N if signal N ended it; 0 if it was left by the detach keys; 125 if shimctl or the
shim failed.
${examples('shimctl attach sh1', 'shimctl attach --no-stdin --no-sig-proxy web')}`;

const attach: Handler<AttachOptions> = async (context, [id], options) => {
  const target = await context.target(id as string);
  const { service, shims, ref, config } = target;
  const { progress } = context.environment;
  const { status, terminal } = await service.inspect(ref);
  // One that was attached before hears of its end.
  if (progress?.known === undefined && (status === 'stopped' || status === 'unknown')) {
    throw new ShimError('SHIM_ILLEGAL_STATE', `cannot attach to ${ref.id}: it is ${status}`, {
      where: ref.id,
      remedy: `What it has written: shimctl logs ${ref.id}`,
    });
  }
  // Before anything is attached: it may be that nothing can be read back.
  const reader = options.logs ? await openReader(context, target) : undefined;
  const onError = (error: unknown): void => context.output.error(error);
  const relay = relaySignals(context.environment, onError);
  try {
    const exit = await runForeground(context, relay, {
      shims,
      config,
      ref,
      interactive: options.stdin,
      terminal,
      options,
      primary: false,
      ...(reader !== undefined && { onCut: (until) => printBefore(context, reader, until) }),
      start: () => Promise.resolve(),
      ...(options.sigProxy && { kill: (signal) => service.kill(ref, { ...newRequest(), signal, all: false }) }),
    });
    return passOn(context, ref.id, exit);
  } finally {
    relay.close();
  }
};

function printBefore({ environment }: CommandContext, reader: LogReader, until: bigint): Promise<void> {
  const writer = new RecordWriter(environment);
  return copyRecords({ reader, writer, query: { until } }, new AbortController().signal);
}
