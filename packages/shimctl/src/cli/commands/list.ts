import type { ContainerDocument } from '@holdfast/core/client';
import { containerFilter } from '../container-filters.js';
import { EXIT } from '../exit-codes.js';
import { collect } from '../global-options.js';
import { escapeControls } from '../output/escape.js';
import type { Output } from '../output/output.js';
import { formatTable } from '../output/table.js';
import { examples, type CommandHost, type Handler } from './command.js';

interface ListOptions {
  readonly filter?: readonly string[];
  readonly allNamespaces?: true;
  readonly quiet?: true;
}

/** `shimctl list`, or `ls`. */
export function addList(host: CommandHost): void {
  const command = host.program
    .command('list')
    .alias('ls')
    .description('list the containers of a namespace')
    .option('-q, --quiet', 'print ids alone')
    .option('-a, --all', 'those that have ended too, as without it')
    .option('-A, --all-namespaces', 'the containers of all namespaces')
    .option('--filter <key=value>', 'only some containers: status, label, id, name, runtime, group', collect)
    .addHelpText(
      'after',
      `${FILTERS}${examples('shimctl list', 'shimctl --json list --group pod1', 'shimctl delete $(shimctl ls -q)', 'shimctl ls --filter status=stopped --filter label=tier=web')}`,
    );
  host.bind<ListOptions>(command, list);
}

const FILTERS = `
Filters: status=running, label=KEY or label=KEY=VALUE, id=PREFIX, name=PART (of the id), runtime=NAME, group=NAME.
Filters of the same key, or of the same label, are alternatives; of different ones all must fit.
`;

const list: Handler<ListOptions> = async (context, _args, options) => {
  const { output, globals } = context;
  const wanted = containerFilter(options.filter ?? []);
  const { config, shims } = await context.connect();
  const all = await shims.list(options.allNamespaces ? undefined : config.namespace);
  const found = globals.group === undefined ? all : all.filter(({ shim }) => shim.group === globals.group);
  const documents = found.filter(wanted).sort((a, b) => compare(a.createdAt, b.createdAt) || compare(a.id, b.id));
  tellLoops(documents, output);
  if (output.json) await output.writeJson(options.quiet ? documents.map(({ id }) => id) : documents);
  else if (options.quiet) await output.write(documents.map(({ id }) => `${escapeControls(id)}\n`).join(''));
  else if (options.allNamespaces) {
    const rows = documents.map((document) => [document.namespace, ...toRow(document)]);
    await output.write(formatTable(['NAMESPACE', ...HEAD], rows, output.colours));
  } else await output.write(formatTable(HEAD, documents.map(toRow), output.colours));
  return EXIT.OK;
};

/** Why containers are `unknown`, once for each group whose shimd dies again and again. */
function tellLoops(documents: readonly ContainerDocument[], output: Output): void {
  const told = new Set<string>();
  for (const { shim, error } of documents) {
    if (error?.code !== 'SHIM_CRASH_LOOP' || told.has(shim.group)) continue;
    told.add(shim.group);
    output.note(`${firstLine(error.message)}; log: ${error.where ?? ''}. ${error.remedy}`);
  }
}

/** Its log is named. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? '';
}

const HEAD = ['ID', 'STATUS', 'PID', 'CREATED', 'RUNTIME', 'BUNDLE', 'EXIT'];

const NOT_KNOWN = '-';

function toRow(document: ContainerDocument): string[] {
  const { id, status, pid, createdAt, runtime, bundle } = document;
  const cells = [id, status, pid === 0 ? '' : String(pid), createdAt, runtime.name, bundle, exitCell(document)];
  return cells.map((cell) => (cell === '' ? NOT_KNOWN : cell));
}

/** What the kernel killed for want of memory ends like anything that got SIGKILL. */
const KILLED = 137;

function exitCell({ status, exitCode, oomKilled }: ContainerDocument): string {
  if (exitCode !== null) return exitCode === KILLED && oomKilled ? `${exitCode} (OOM)` : String(exitCode);
  return status === 'stopped' ? 'unknown' : '-';
}

/** By code points, the same under every locale. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
