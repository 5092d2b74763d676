import { putFile } from '@holdfast/core/client';
import { errorFromDocument } from '@holdfast/core/plugin';
import { EXIT } from '../exit-codes.js';
import { parsePath } from '../numbers.js';
import { cannotWrite } from '../process/write-new-file.js';
import { examples, type CommandHost, type Handler } from './command.js';

interface MetricsOptions {
  readonly out?: string;
}

/** `shimctl metrics`. */
export function addMetrics(host: CommandHost): void {
  const command = host.program
    .command('metrics')
    .description("print what shims count and measure, in Prometheus' text format")
    .option('--out <file>', 'write it there, whole or not at all, in the place of what is there')
    .addHelpText('after', EPILOG);
  host.bind<MetricsOptions>(command, metrics);
}

const EPILOG = `
Of all groups of the root that run or have containers, or with --group of that one; none is started. Each sample has the
label "group", and holdfast_up tells which answered. With --out FILE the file can lie where node_exporter's
textfile collector looks: it never sees a half of it. --json is for errors alone.

Exit codes: 0 if every group answered; 1 if one did not, and what the others said is written nevertheless.
${examples('shimctl metrics', 'shimctl metrics --group pod1 | grep holdfast_lost', 'shimctl metrics --out /var/lib/node_exporter/holdfast.prom')}`;

const metrics: Handler<MetricsOptions> = async (context, _args, { out }) => {
  const { environment, globals, output } = context;
  const path = out === undefined ? undefined : parsePath(out, '--out', environment.cwd);
  const { config, shims } = await context.connect();
  const { text, failures } = await shims.metrics(globals.group === undefined ? undefined : [globals.group]);
  if (path !== undefined) await replaceFile(path, text);
  else if (text === '') output.note(`no shim runs below ${config.root}`);
  else await output.write(text);
  for (const { error } of failures) output.error(errorFromDocument(error));
  return failures.length > 0 ? EXIT.FAILURE : EXIT.OK;
};

/** Readable for everybody, as what node_exporter reads must be. */
async function replaceFile(path: string, text: string): Promise<void> {
  await putFile(path, text, { mode: 0o644, replace: true }).catch((cause: unknown) => {
    throw cannotWrite(path, cause);
  });
}
