import { EXIT } from '../exit-codes.js';
import { stringifyJson } from '../output/escape.js';
import { examples, type CommandHost, type Handler } from './command.js';

/** `shimctl inspect`. */
export function addInspect(host: CommandHost): void {
  const command = host.program
    .command('inspect')
    .description('show all that is known of a container, as JSON')
    .argument('<id>', 'container')
    .addHelpText('after', examples('shimctl inspect web', 'shimctl --json inspect web | jq .lost'));
  host.bind<object>(command, inspect);
}

const inspect: Handler<object> = async (context, [id]) => {
  const { service, ref } = await context.target(id as string);
  const document = await service.inspect(ref);
  await context.output.write(`${stringifyJson(document, context.output.json ? 'compact' : 'pretty')}\n`);
  return EXIT.OK;
};
