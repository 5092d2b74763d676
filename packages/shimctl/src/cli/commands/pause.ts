import { newRequest } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { examples, type CommandHost, type Handler } from './command.js';

/** `shimctl pause`. */
export function addPause(host: CommandHost): void {
  const command = host.program
    .command('pause')
    .description('freeze every process of a container')
    .argument('<id>', 'container')
    .addHelpText(
      'after',
      `
Signals wait until it is resumed, but KILL ends it; stop and delete --force work as ever.
${examples('shimctl pause web')}`,
    );
  host.bind<object>(command, pause);
}

const pause: Handler<object> = async (context, [id]) => {
  const { service, ref } = await context.target(id as string);
  const document = await service.pause(ref, newRequest());
  if (context.output.json) await context.output.writeJson(document);
  return EXIT.OK;
};
