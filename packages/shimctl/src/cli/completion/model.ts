import type { Argument, Command, Option } from 'commander';
import { CONTAINER_KEYS, STATUSES } from '../container-filters.js';
import { EVENT_KEYS, TYPES } from '../event-filters.js';
import type { Question } from './questions.js';

/** What stands in the place of a value: words, a path, or something that only the state or the config knows. */
export type ValueKind =
  | { readonly words: readonly string[] }
  | { readonly path: 'file' | 'directory' }
  /** `KEY=VALUE`, with what the value of each key is. */
  | { readonly pairs: Readonly<Record<string, ValueKind>> }
  | { readonly ask: Question }
  | { readonly free: true };

/** A flag as completion offers it. */
export interface FlagModel {
  /** `-b`, `--bundle`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** undefined: it takes no value. */
  readonly value: ValueKind | undefined;
}

/** A command, the program itself included. */
export interface CommandModel {
  /** `config show`; empty for the program. */
  readonly path: string;
  readonly names: readonly string[];
  readonly description: string;
  readonly flags: readonly FlagModel[];
  /** By position; the last one is used again for what follows if `variadic`. */
  readonly operands: readonly ValueKind[];
  readonly variadic: boolean;
  readonly commands: readonly CommandModel[];
}

const FREE: ValueKind = { free: true };
/** Commands whose id is a new one. */
const MAKERS: ReadonlySet<string> = new Set(['run', 'create']);
const BY_FLAG: Readonly<Record<string, ValueKind>> = {
  '--namespace': { ask: 'namespaces' },
  '--group': { ask: 'groups' },
  '--runtime': { ask: 'runtimes' },
  '--log': { ask: 'log-drivers' },
};
/** What `--filter` takes, by command. */
const FILTERS: Readonly<Record<string, ValueKind>> = {
  list: { pairs: kindsOf(CONTAINER_KEYS, { status: { words: STATUSES } }) },
  events: { pairs: kindsOf(EVENT_KEYS, { type: { words: Object.keys(TYPES) } }) },
};
const SIGNALS = ['TERM', 'KILL', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2', 'STOP', 'CONT', 'WINCH', 'PIPE', 'ALRM'];

function kindsOf(keys: readonly string[], more: Readonly<Record<string, ValueKind>>): Record<string, ValueKind> {
  const kinds: Readonly<Record<string, ValueKind>> = {
    id: { ask: 'containers' },
    runtime: { ask: 'runtimes' },
    group: { ask: 'groups' },
    namespace: { ask: 'namespaces' },
    ...more,
  };
  return Object.fromEntries(keys.map((key) => [key, kinds[key] ?? FREE]));
}

/** The command line as the program itself describes it: what is hidden there is left out here. */
export function describeProgram(program: Command): CommandModel {
  return describe(program, '');
}

function describe(command: Command, path: string): CommandModel {
  const help = command.createHelp();
  const isHelp = path === 'help';
  return {
    path,
    names: [command.name(), ...command.aliases()],
    description: help.subcommandDescription(command),
    flags: help.visibleOptions(command).map((option) => describeFlag(command, option)),
    operands: isHelp ? [] : command.registeredArguments.map((argument) => operandKind(command, argument)),
    variadic: command.registeredArguments.at(-1)?.variadic === true,
    commands: help
      .visibleCommands(command)
      // A command with commands of its own offers "help" too; once is enough.
      .filter((sub) => path === '' || sub.name() !== 'help')
      .map((sub) => describe(sub, `${path} ${sub.name()}`.trim())),
  };
}

function describeFlag(command: Command, option: Option): FlagModel {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined);
  const takesValue = option.required || option.optional;
  return { flags, description: option.description, value: takesValue ? flagKind(command, option) : undefined };
}

function flagKind(command: Command, option: Option): ValueKind {
  const filter = option.long === '--filter' ? FILTERS[command.name()] : undefined;
  if (filter !== undefined) return filter;
  if (option.argChoices !== undefined) return { words: option.argChoices };
  return BY_FLAG[option.long ?? ''] ?? kindOfName(/<([^>]*)>|\[([^\]]*)\]/.exec(option.flags)?.[1] ?? '');
}

function operandKind(command: Command, argument: Argument): ValueKind {
  if (argument.argChoices !== undefined) return { words: argument.argChoices };
  if (argument.name() === 'id') return MAKERS.has(command.name()) ? FREE : { ask: 'containers' };
  if (command.name() === 'info') return { ask: 'plugins' };
  return kindOfName(argument.name());
}

function kindOfName(name: string): ValueKind {
  if (/(^|-)(dir|directory)$/.test(name)) return { path: 'directory' };
  if (/(^|-)(file|path)$/.test(name)) return { path: 'file' };
  return name === 'signal' ? { words: SIGNALS } : FREE;
}
