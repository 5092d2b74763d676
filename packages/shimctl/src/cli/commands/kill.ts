import { newRequest } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { requireSignal } from '../signals.js';
import { checkIdentifier } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import { examples, type CommandHost, type Handler } from './command.js';

interface KillOptions {
  readonly all?: true;
  readonly signal?: string;
}

/** `shimctl kill`. */
export function addKill(host: CommandHost): void {
  const command = host.program
    .command('kill')
    .description('send a signal to a container')
    .argument('<id>', 'container')
    .argument('[signal]', 'name with or without SIG, or number; TERM if it is left out')
    .option('-s, --signal <signal>', 'the signal, before the container')
    .option('-a, --all', 'to every process of the container')
    .addHelpText(
      'after',
      examples('shimctl kill web', 'shimctl kill web HUP', 'shimctl kill -s 9 web', 'shimctl kill --all web 9'),
    );
  host.bind<KillOptions>(command, kill);
}

const kill: Handler<KillOptions> = async (context, [id, name], options) => {
  checkIdentifier(id as string, 'container id');
  if (name !== undefined && options.signal !== undefined)
    throw new ShimError('SHIM_USAGE', `two signals are given: ${options.signal} and ${name}`);
  const signal = requireSignal(name ?? options.signal ?? 'TERM');
  const { service, ref } = await context.target(id as string);
  await service.kill(ref, { ...newRequest(), signal, all: options.all === true });
  return EXIT.OK;
};
