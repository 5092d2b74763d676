import { newRequest } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { parseSeconds } from '../numbers.js';
import { examples, type CommandHost, type Handler } from './command.js';

interface StopOptions {
  readonly timeout?: string;
}

/** `shimctl stop`. */
export function addStop(host: CommandHost): void {
  const command = host.program
    .command('stop')
    .description('stop a container: its stop signal or TERM, then KILL')
    .argument('<id>', 'container')
    .option('-t, --timeout <seconds>', 'time until KILL (default: limits.stopTimeout of the config)')
    .addHelpText('after', `\nReturns once the container's logs are complete.\n${examples('shimctl stop -t 30 web')}`);
  host.bind<StopOptions>(command, stop);
}

const stop: Handler<StopOptions> = async (context, [id], { timeout }) => {
  const limit = timeout === undefined ? {} : { timeoutMs: parseSeconds(timeout, '--timeout') };
  const { service, ref } = await context.target(id as string);
  const exit = await service.stop(ref, { ...newRequest(), ...limit });
  if (context.output.json) await context.output.writeJson(exit);
  return EXIT.OK;
};
