import { newRequest } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { examples, type CommandHost, type Handler } from './command.js';

/** `shimctl start`. */
export function addStart(host: CommandHost): void {
  const command = host.program
    .command('start')
    .description('start a created container')
    .argument('<id>', 'container')
    .addHelpText('after', examples('shimctl start web'));
  host.bind<object>(command, start);
}

const start: Handler<object> = async (context, [id]) => {
  const { service, ref } = await context.target(id as string);
  const document = await service.start(ref, newRequest());
  if (context.output.json) await context.output.writeJson(document);
  return EXIT.OK;
};
