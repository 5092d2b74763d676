import { table } from './markdown.mjs';

const MARKS = {
  begin: '<!-- Commands: made by scripts/generate-docs.mjs from the program itself. -->',
  end: '<!-- End of the commands. -->',
};

/** `page` with `text` between the two marks. */
export function withTable(page, text, marks = MARKS) {
  const [begin, end] = [page.indexOf(marks.begin), page.indexOf(marks.end)];
  if (begin === -1 || end < begin) throw new Error(`a page lacks the lines ${marks.begin} and ${marks.end}`);
  return `${page.slice(0, begin)}${marks.begin}\n\n${text}\n\n${page.slice(end)}`;
}

/** The commands of shimctl, and those below them, as a table of usage and meaning. */
export function commandTable(buildProgram) {
  const sink = { write: () => true };
  const program = buildProgram(
    { argv: [], services: { version: '' }, stdout: sink, stderr: sink },
    async () => undefined,
  );
  return table(
    ['command', 'what it does'],
    program.commands.flatMap((command) => rows(program, command, '')),
  );
}

function rows(program, command, path) {
  const help = program.createHelp();
  if (!help.visibleCommands(command.parent).includes(command)) return [];
  const name = `${path}${command.name()}`;
  if (command.commands.length > 0) return command.commands.flatMap((sub) => rows(program, sub, `${name} `));
  const flags = help.visibleOptions(command).filter(({ long }) => long !== '--help');
  const usage = [name, ...flags.map(flagUsage), ...command.registeredArguments.map(operandUsage)].join(' ');
  const aliases = command.aliases().map((alias) => `, \`${path}${alias}\``);
  return [[`\`${usage}\`${aliases.join('')}`, help.subcommandDescription(command)]];
}

/** `[-b DIR]` */
function flagUsage({ short, long, flags, required, optional }) {
  const name = short ?? long;
  const value = /<([^>]*)>|\[([^\]]*)\]/.exec(flags);
  return required || optional ? `[${name} ${word(value?.[1] ?? value?.[2] ?? 'value')}]` : `[${name}]`;
}

function operandUsage(argument) {
  const name = `${word(argument.name())}${argument.variadic ? '…' : ''}`;
  return argument.required ? name : `[${name}]`;
}

function word(text) {
  return text.toUpperCase();
}
