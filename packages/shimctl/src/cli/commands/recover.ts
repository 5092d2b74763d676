import { checkIdentifier, type RecoveredContainer, type RecoverReport } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { EXIT } from '../exit-codes.js';
import { escapeControls } from '../output/escape.js';
import { examples, type CommandHost, type Handler } from './command.js';

interface RecoverFlags {
  readonly dryRun?: true;
}

/** `shimctl recover`. */
export function addRecover(host: CommandHost): void {
  const command = host.program
    .command('recover')
    .description("bring the shims of containers back, and clear away what is nobody's")
    .argument('[id...]', 'these containers of the namespace alone, and nothing is cleared away')
    .option('--dry-run', 'say what would be done')
    .addHelpText('after', EPILOG);
  host.bind<RecoverFlags>(command, recover);
}

const EPILOG = `
Any command brings back the shims that it needs; this one does it for all containers of all namespaces of the root, as
after a crash, and looks at each of them:
  ok            its shim was there
  recovered     its shim was brought back, and has taken it up; or its state was mended by hand, and the shim has read it again
  unknown exit  it has ended while nobody watched, and its exit code can't be known
  broken        it can't be taken up; the error says why, and what helps

A shim that dies again and again, and waits to be started, is started at once.

What is nobody's: directories, sockets and cgroups of groups without containers and without a shim. Their events and
shimd.log go with them. Exit code 1 if something is broken.
${examples('shimctl recover', 'shimctl recover --dry-run', 'shimctl --json recover web')}`;

const recover: Handler<RecoverFlags> = async (context, ids, options) => {
  for (const id of ids) checkIdentifier(id, 'container id');
  const { config, shims } = await context.connect();
  const dryRun = options.dryRun === true;
  const refs = ids.map((id) => ({ namespace: config.namespace, id }));
  const report = await shims.recover({ dryRun, ...(refs.length > 0 && { containers: refs }) });
  const missing = refs.filter(
    ({ id, namespace }) => !report.containers.some((one) => one.id === id && one.namespace === namespace),
  );
  if (context.output.json) await context.output.writeJson(report);
  else await context.output.write(formatReport(report, dryRun));
  for (const { id, namespace } of missing) {
    const message = `there is no container ${id} in namespace ${namespace}`;
    context.output.error(new ShimError('SHIM_CONTAINER_NOT_FOUND', message, { where: id }));
  }
  const broken = report.containers.some(({ result }) => result === 'broken');
  return broken || missing.length > 0 ? EXIT.FAILURE : EXIT.OK;
};

function formatReport({ containers, leftovers }: RecoverReport, dryRun: boolean): string {
  const removed = dryRun ? 'would remove' : 'removed';
  const lines = [
    ...containers.map(lineOf),
    ...leftovers.map(({ kind, where }) => `${removed} ${kind === 'cgroup' ? 'the cgroup of group' : kind} ${where}`),
  ];
  return lines.map((line) => `${escapeControls(line)}\n`).join('');
}

const WORDS: Readonly<Record<RecoveredContainer['result'], string>> = {
  ok: 'ok',
  recovered: 'recovered',
  'unknown-exit': 'unknown exit',
  broken: 'broken',
  pending: 'would be recovered',
};

function lineOf({ namespace, id, result, status, error }: RecoveredContainer): string {
  const line = `${namespace}/${id}: ${WORDS[result]}`;
  if (result === 'broken')
    return error === null ? line : `${line}: ${error.message.replaceAll('\n', ' | ')} (${error.code}); ${error.remedy}`;
  return status === null ? line : `${line} (${status})`;
}
