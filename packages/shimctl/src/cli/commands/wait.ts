import { checkIdentifier, type ExitDocument } from '@holdfast/core/client';
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
Prints one code a line, in the order of the ids; "unknown" if nobody can know it.
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
  const exits: (ExitDocument & { id: string })[] = [];
  for (const [i, result] of results.entries()) {
    if (result.status === 'rejected') context.output.error(result.reason);
    else exits.push({ id: ids[i] as string, ...result.value });
  }
  if (context.output.json) await context.output.writeJson(exits);
  else await context.output.write(exits.map(({ exitCode }) => `${exitCode ?? 'unknown'}\n`).join(''));
  return exits.length === ids.length ? EXIT.OK : EXIT.FAILURE;
};
