import { ShimError } from '@holdfast/core/plugin';
import { newRequest } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { parseCount } from '../numbers.js';
import { examples, type CommandHost, type Handler } from './command.js';

/** What the kernel keeps a size in. */
const MOST = 65_535;

/** `shimctl resize`. */
export function addResize(host: CommandHost): void {
  const command = host.program
    .command('resize')
    .description("set the size of a container's terminal")
    .argument('<id>', 'container')
    .argument('<rows>', 'height in characters')
    .argument('<columns>', 'width in characters')
    .addHelpText('after', examples('shimctl resize sh1 24 80'));
  host.bind<object>(command, resize);
}

const resize: Handler<object> = async (context, [id, rows, columns]) => {
  const size = { rows: cells(rows as string, 'rows'), columns: cells(columns as string, 'columns') };
  const { service, ref } = await context.target(id as string);
  await service.resize(ref, { ...newRequest(), ...size });
  return EXIT.OK;
};

function cells(text: string, where: string): number {
  const count = parseCount(text, where);
  if (count <= MOST) return count;
  throw new ShimError('SHIM_USAGE', `${count} is more than a terminal can have`, {
    where,
    remedy: `Give a number from 0 to ${MOST}.`,
  });
}
