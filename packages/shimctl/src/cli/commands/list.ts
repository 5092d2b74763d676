import type { ContainerDocument } from '@holdfast/core/client';
import { EXIT } from '../exit-codes.js';
import { escapeControls } from '../output/escape.js';
import { formatTable } from '../output/table.js';
import { examples, type CommandHost, type Handler } from './command.js';

interface ListOptions {
  readonly quiet?: true;
}

/** `shimctl list`, or `ls`. */
export function addList(host: CommandHost): void {
  const command = host.program
    .command('list')
    .alias('ls')
    .description('list the containers of a namespace')
    .option('-q, --quiet', 'print ids alone')
    .addHelpText(
      'after',
      examples('shimctl list', 'shimctl --json list --group pod1', 'shimctl delete $(shimctl ls -q)'),
    );
  host.bind<ListOptions>(command, list);
}

const list: Handler<ListOptions> = async (context, _args, options) => {
  const { output, globals } = context;
  const { config, shims } = await context.connect();
  const all = await shims.list(config.namespace);
  const found = globals.group === undefined ? all : all.filter(({ shim }) => shim.group === globals.group);
  const documents = [...found].sort((a, b) => compare(a.createdAt, b.createdAt) || compare(a.id, b.id));
  if (output.json) await output.writeJson(options.quiet ? documents.map(({ id }) => id) : documents);
  else if (options.quiet) await output.write(documents.map(({ id }) => `${escapeControls(id)}\n`).join(''));
  else await output.write(formatTable(HEAD, documents.map(toRow), output.colours));
  return EXIT.OK;
};

const HEAD = ['ID', 'STATUS', 'PID', 'CREATED', 'RUNTIME', 'BUNDLE', 'EXIT'];

function toRow(document: ContainerDocument): string[] {
  const { id, status, pid, createdAt, runtime, bundle } = document;
  return [id, status, pid === 0 ? '-' : String(pid), createdAt, runtime.name, bundle, exitCell(document)];
}

function exitCell({ status, exitCode }: ContainerDocument): string {
  if (exitCode !== null) return String(exitCode);
  return status === 'stopped' ? 'unknown' : '-';
}

/** By code points, the same under every locale. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
