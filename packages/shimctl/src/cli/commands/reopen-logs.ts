import { newRequest } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { examples, type CommandHost, type Handler } from './command.js';

/** `shimctl reopen-logs`. */
export function addReopenLogs(host: CommandHost): void {
  const command = host.program
    .command('reopen-logs')
    .description("open a container's log files anew, after somebody has renamed them")
    .argument('<id>', 'container')
    .addHelpText(
      'after',
      `
Returns once nothing is written to the renamed file any more. The switch falls between two records; if there can be no
new file, the old one stays in use.
${examples('mv web.log web.log.1 && shimctl reopen-logs web')}`,
    );
  host.bind<object>(command, reopenLogs);
}

const reopenLogs: Handler<object> = async (context, [id]) => {
  const { service, ref } = await context.target(id as string);
  await service.reopenLogs(ref, newRequest());
  if (context.output.json) await context.output.writeJson({});
  return EXIT.OK;
};
