import type { Command } from 'commander';

/** Headings of `shimctl --help`, in order, and the commands below them. */
const GROUPS: readonly (readonly [heading: string, names: readonly string[]])[] = [
  [
    'Lifecycle:',
    [
      ...['run', 'create', 'start', 'stop', 'kill', 'wait', 'delete', 'exec', 'attach'],
      ...['pause', 'resume', 'update', 'resize'],
    ],
  ],
  ['Look inside:', ['list', 'inspect', 'ps', 'stats', 'metrics', 'events']],
  ['Logs:', ['logs', 'reopen-logs']],
  ['Configure:', ['spec', 'config', 'plugins', 'completion']],
  ['Repair:', ['doctor', 'recover', 'upgrade', 'version']],
];
/** For a command that nobody has put into a group. */
const OTHERS = 'More:';
const LAST = 'Repair:';

/** Puts the program's commands, all added by now, below the headings and into the order of the table. */
export function groupCommands(program: Command): void {
  const order = GROUPS.flatMap(([, names]) => names);
  const rank = (command: Command): number => {
    const index = order.indexOf(command.name());
    return index === -1 ? order.length : index;
  };
  for (const command of program.commands) command.helpGroup(headingOf(command.name()));
  (program.commands as Command[]).sort((a, b) => rank(a) - rank(b));
  // The help command is made when it is first needed, and takes the group of that moment.
  program.commandsGroup(LAST).helpCommand('help [command]', 'print the help of a command');
}

function headingOf(name: string): string {
  return GROUPS.find(([, names]) => names.includes(name))?.[0] ?? OTHERS;
}
