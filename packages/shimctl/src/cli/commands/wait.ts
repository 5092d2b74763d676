import { checkIdentifier, type ExitDocument } from '@holdfast/core/client';
import { asShimError } from '@holdfast/core/plugin';
import { EXIT } from '../exit-codes.js';
import { examples, type CommandHost, type Handler } from './command.js';

/** `shimctl wait`. */
export function addWait(host: CommandHost): void {
  const command = host.program
    .command('wait')
    .description('wait until containers have stopped, and print their exit codes')
    .argument('<id...>', 'containers')
    .addHelpText(
      'after',
      `
Prints one code a line, in the order of the ids; "unknown" if nobody can know it, "error" (and exit code 1) for a
container that can't be waited for.
Returns once the logs of all are complete.
${examples('shimctl wait web', 'shimctl --json wait web db')}`,
    );
  host.bind<object>(command, wait);
}

const wait: Handler<object> = async (context, ids) => {
  for (const id of ids) checkIdentifier(id, 'container id');
  const { config, shims } = await context.connect();
  const waitFor = async (id: string): Promise<ExitDocument> => {
    const ref = { namespace: config.namespace, id };
    return (await shims.forContainer(ref)).wait(ref, 'drained');
  };
  const results = await Promise.allSettled(ids.map(waitFor));
  let failed = false;
  const ends = results.map((result, i) => {
    const id = ids[i] as string;
    if (result.status === 'fulfilled') return { id, ...result.value };
    failed = true;
    context.output.error(result.reason);
    return { id, error: asShimError(result.reason).toJSON() };
  });
  if (context.output.json) await context.output.writeJson(ends);
  else await context.output.write(ends.map((end) => `${wordOf(end)}\n`).join(''));
  return failed ? EXIT.FAILURE : EXIT.OK;
};

function wordOf(end: ExitDocument | { readonly error: unknown }): string {
  return 'error' in end ? 'error' : String(end.exitCode ?? 'unknown');
}
