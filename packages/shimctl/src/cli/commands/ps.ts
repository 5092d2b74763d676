import type { ProcessDocument } from '@holdfast/core/client';
import { EXIT } from '../exit-codes.js';
import { formatElapsed } from '../output/format-duration.js';
import { formatPercent } from '../output/format-amount.js';
import { formatTable } from '../output/table.js';
import { readCommandLine } from '../process/command-line.js';
import { examples, type CommandHost, type Handler } from './command.js';

/** `shimctl ps`. */
export function addPs(host: CommandHost): void {
  const command = host.program
    .command('ps')
    .description('show the processes of a container, with their pids on the host')
    .argument('<id>', 'container')
    .addHelpText(
      'after',
      `
User ids are the host's. %CPU is the CPU time that a process has used of its lifetime.
${examples('shimctl ps web', 'shimctl --json ps web')}`,
    );
  host.bind<object>(command, ps);
}

interface Shown extends ProcessDocument {
  readonly args: readonly string[];
}

const ps: Handler<object> = async (context, [id]) => {
  const { output } = context;
  const { service, ref } = await context.target(id as string);
  const found = await service.processes(ref);
  const shown: Shown[] = [];
  for (const process of [...found].sort((a, b) => a.pid - b.pid)) {
    shown.push({ ...process, args: await readCommandLine(process.pid) });
  }
  if (output.json) await output.writeJson(shown);
  else await output.write(formatTable(HEAD, shown.map(toRow), output.colours));
  return EXIT.OK;
};

const HEAD = ['PID', 'PPID', 'UID', 'STAT', '%CPU', 'TIME', 'ELAPSED', 'COMMAND'];

function toRow({ pid, ppid, uid, state, cpuMs, elapsedMs, name, args }: Shown): string[] {
  const percent = elapsedMs > 0 ? formatPercent(cpuMs / elapsedMs, 1).slice(0, -1) : '0.0';
  const command = args.length > 0 ? args.join(' ') : `[${name}]`;
  const times = [formatElapsed(cpuMs), formatElapsed(elapsedMs)];
  return [String(pid), String(ppid), String(uid), state, percent, ...times, command];
}
