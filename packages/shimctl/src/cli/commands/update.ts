import { checkIdentifier } from '@holdfast/core/client';
import { newRequest } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { buildResources, type ResourceFlags } from '../update/build-resources.js';
import { readResources } from '../update/read-resources.js';
import { examples, type CommandHost, type Handler } from './command.js';

interface UpdateOptions extends ResourceFlags {
  readonly resources?: string;
}

/** `shimctl update`. */
export function addUpdate(host: CommandHost): void {
  const command = host.program
    .command('update')
    .description('change the limits of a container while it runs')
    .argument('<id>', 'container')
    .option('--resources <file>', 'OCI linux.resources as JSON, "-" for stdin; the options below go before it')
    .option('--memory <size>', 'memory, such as 64m; -1 for no limit')
    .option('--memory-swap <size>', 'memory and swap together; -1 for no limit')
    .option('--cpus <n>', 'CPU time in CPUs, such as 1.5')
    .option('--cpu-quota <us>', 'CPU time in microseconds a period; -1 for no limit')
    .option('--cpu-period <us>', 'length of a period in microseconds')
    .option('--cpu-shares <n>', 'share of CPU time when others want it too')
    .option('--cpuset-cpus <list>', 'CPUs to run on, such as 0-2,4')
    .option('--cpuset-mems <list>', 'memory nodes to use')
    .option('--pids-limit <n>', 'number of processes; -1 for no limit')
    .option('--blkio-weight <n>', 'share of disk time, 10 to 1000')
    .addHelpText(
      'after',
      `
What is not named stays as it is.
${examples('shimctl update --memory 256m --cpus 1.5 web', 'echo \'{"pids":{"limit":64}}\' | shimctl update --resources - web')}`,
    );
  host.bind<UpdateOptions>(command, update);
}

const update: Handler<UpdateOptions> = async (context, [id], { resources: file, ...flags }) => {
  checkIdentifier(id as string, 'container id');
  const base = file === undefined ? {} : await readResources(file, context.environment);
  const resources = buildResources(flags, base);
  const { service, ref } = await context.target(id as string);
  await service.update(ref, { ...newRequest(), resources });
  return EXIT.OK;
};
