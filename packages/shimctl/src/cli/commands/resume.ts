import { newRequest } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { examples, type CommandHost, type Handler } from './command.js';

/** `shimctl resume`, or `unpause`. */
export function addResume(host: CommandHost): void {
  const command = host.program
    .command('resume')
    .alias('unpause')
    .description('let a paused container go on')
    .argument('<id>', 'container')
    .addHelpText('after', examples('shimctl resume web'));
  host.bind<object>(command, resume);
}

const resume: Handler<object> = async (context, [id]) => {
  const { service, ref } = await context.target(id as string);
  const document = await service.resume(ref, newRequest());
  if (context.output.json) await context.output.writeJson(document);
  return EXIT.OK;
};
