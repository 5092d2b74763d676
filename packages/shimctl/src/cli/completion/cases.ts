import type { CommandModel, FlagModel, ValueKind } from './model.js';

/** One arm of a shell's `case`: the patterns, `*` at the end of one matching anything, and what they stand for. */
export interface Arm {
  readonly patterns: readonly string[];
  readonly values: readonly string[];
}

/** A word that is offered. */
export interface Offer {
  readonly word: string;
  readonly description: string;
}

/** The tables that every shell's script is made of. */
export interface Cases {
  /** `PATH:NAME` → the command below, as a path. */
  readonly steps: readonly Arm[];
  /**
   * `PATH:FLAG` → kind of its value: `words:a b`, `path:file`, `path:directory`, `ask:containers`, `pairs:a= b=`, `free`;
   * `PATH:FLAG=KEY` → that of the value of a key.
   */
  readonly values: readonly Arm[];
  /** `PATH:POSITION` → kind of the operand. */
  readonly operands: readonly Arm[];
  /** `PATH` → flags, and commands below. */
  readonly flags: readonly (readonly [path: string, offers: readonly Offer[]])[];
  readonly commands: readonly (readonly [path: string, offers: readonly Offer[]])[];
}

export function casesOf(root: CommandModel): Cases {
  const all = withChildren(root);
  return {
    steps: all.flatMap(({ path, commands }) =>
      commands.map((command) => ({
        patterns: command.names.map((name) => `${path}:${name}`),
        values: [command.path],
      })),
    ),
    values: all.flatMap((command) =>
      flagsOf(root, command).flatMap(({ flags, value }) =>
        value === undefined
          ? []
          : valueArms(
              flags.map((flag) => `${command.path}:${flag}`),
              value,
            ),
      ),
    ),
    operands: all.flatMap(operandArms),
    flags: all.map((command) => [command.path, flagsOf(root, command).flatMap(flagOffers)] as const),
    commands: all
      .filter(({ commands }) => commands.length > 0)
      .map(({ path, commands }) => [path, commands.map(commandOffer)] as const),
  };
}

function withChildren(command: CommandModel): CommandModel[] {
  return [command, ...command.commands.flatMap(withChildren)];
}

/** Flags of a command and those of the program, which every command takes. */
function flagsOf(root: CommandModel, command: CommandModel): readonly FlagModel[] {
  if (command === root) return root.flags;
  const taken = new Set(command.flags.flatMap(({ flags }) => flags)).add('--version');
  return [...command.flags, ...root.flags.filter(({ flags }) => !flags.some((flag) => taken.has(flag)))];
}

function valueArms(patterns: readonly string[], kind: ValueKind): Arm[] {
  const keys = 'pairs' in kind ? Object.entries(kind.pairs) : [];
  const inside = keys.map(([key, value]) => ({
    patterns: patterns.map((pattern) => `${pattern}=${key}`),
    values: [kindWord(value)],
  }));
  return [{ patterns, values: [kindWord(kind)] }, ...inside];
}

function operandArms({ path, operands, variadic }: CommandModel): Arm[] {
  return operands.map((kind, index) => {
    const last = variadic && index === operands.length - 1;
    return { patterns: [`${path}:${index}`, ...(last ? [`${path}:*`] : [])], values: [kindWord(kind)] };
  });
}

function kindWord(kind: ValueKind): string {
  if ('words' in kind) return `words:${kind.words.join(' ')}`;
  if ('pairs' in kind)
    return `pairs:${Object.keys(kind.pairs)
      .map((key) => `${key}=`)
      .join(' ')}`;
  if ('path' in kind) return `path:${kind.path}`;
  return 'ask' in kind ? `ask:${kind.ask}` : 'free';
}

function flagOffers({ flags, description }: FlagModel): Offer[] {
  return flags.map((word) => ({ word, description }));
}

function commandOffer({ names, description }: CommandModel): Offer {
  return { word: names[0] as string, description };
}
