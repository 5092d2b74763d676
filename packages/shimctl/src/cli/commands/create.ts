import { EXIT } from '../exit-codes.js';
import { examples, type CommandHost, type Handler } from './command.js';
import { addNewContainerOptions, createContainer, type NewContainerOptions } from './new-container.js';

/** `shimctl create`: everything but the start. */
export function addCreate(host: CommandHost): void {
  const command = host.program
    .command('create')
    .description('create a container, its process waiting for "start"')
    .argument('<id>', 'id of the new container');
  addNewContainerOptions(command).addHelpText(
    'after',
    examples('shimctl create --bundle ./web web', 'shimctl start web'),
  );
  host.bind<NewContainerOptions>(command, create);
}

const create: Handler<NewContainerOptions> = async (context, [id], options) => {
  const { service, ref } = await createContainer(context, id as string, options);
  if (context.output.json) await context.output.writeJson(await service.inspect(ref));
  return EXIT.OK;
};
