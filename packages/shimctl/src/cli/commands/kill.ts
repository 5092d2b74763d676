import { newRequest } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { requireSignal } from '../signals.js';
import { checkIdentifier } from '@holdfast/core/client';
import { examples, type CommandHost, type Handler } from './command.js';

interface KillOptions {
  readonly all?: true;
}

/** `shimctl kill`. */
export function addKill(host: CommandHost): void {
  const command = host.program
    .command('kill')
    .description('send a signal to a container')
    .argument('<id>', 'container')
    .argument('[signal]', 'name with or without SIG, or number', 'TERM')
    .option('-a, --all', 'to every process of the container')
    .addHelpText('after', examples('shimctl kill web', 'shimctl kill web HUP', 'shimctl kill --all web 9'));
  host.bind<KillOptions>(command, kill);
}

const kill: Handler<KillOptions> = async (context, [id, name = 'TERM'], options) => {
  checkIdentifier(id as string, 'container id');
  const signal = requireSignal(name);
  const { service, ref } = await context.target(id as string);
  await service.kill(ref, { ...newRequest(), signal, all: options.all === true });
  return EXIT.OK;
};
