import { ShimError } from '@holdfast/core/plugin';
import { FLAGS, type Flag, type FlagName } from './flags.js';

/** What a command line says: the values of each flag in their order, `''` for each time that one without a value is given. */
export type GivenFlags = ReadonlyMap<FlagName, readonly string[]>;

const LONG = new Map<string, Flag>(FLAGS.map((flag) => [flag.name, flag]));
const SHORT = new Map<string, Flag>(FLAGS.flatMap((flag: Flag) => (flag.short ? [[flag.short, flag] as const] : [])));

/** Reads flags as GLib does. Everything else is ignored: podman gives `--api-version` a value, which it does not have. Throws SHIM_USAGE. */
export function readFlags(args: readonly string[]): GivenFlags {
  const given = new Map<FlagName, string[]>();
  const rest = [...args];
  const put = (flag: Flag, value: string): void => {
    const name = flag.name as FlagName;
    given.set(name, [...(given.get(name) ?? []), value]);
  };
  const valueOf = (flag: Flag, shown: string): string => {
    const value = rest.shift();
    if (value === undefined) throw unusable(`Missing argument for ${shown}`);
    return value;
  };
  for (let arg = rest.shift(); arg !== undefined && arg !== '--'; arg = rest.shift()) {
    if (arg.startsWith('--')) readLong(arg, put, valueOf);
    else if (arg.startsWith('-') && arg !== '-') readShort(arg, put, valueOf);
  }
  return given;
}

type Put = (flag: Flag, value: string) => void;
type ValueOf = (flag: Flag, shown: string) => string;

function readLong(arg: string, put: Put, valueOf: ValueOf): void {
  const equals = arg.indexOf('=');
  const name = arg.slice(2, equals < 0 ? undefined : equals);
  const flag = LONG.get(name);
  if (flag === undefined) throw unusable(`Unknown option --${name}`);
  if (flag.value === undefined && equals >= 0) throw unusable(`--${name} takes no value`);
  if (flag.value === undefined) put(flag, '');
  else put(flag, equals < 0 ? valueOf(flag, `--${name}`) : arg.slice(equals + 1));
}

/** Several flags may stand together, and the last of them may have its value at once. */
function readShort(arg: string, put: Put, valueOf: ValueOf): void {
  for (let at = 1; at < arg.length; at++) {
    const letter = arg.charAt(at);
    const flag = SHORT.get(letter);
    if (flag === undefined) throw unusable(`Unknown option -${letter}`);
    if (flag.value === undefined) {
      put(flag, '');
      continue;
    }
    const value = arg.slice(at + 1);
    return put(flag, value === '' ? valueOf(flag, `-${letter}`) : value);
  }
}

function unusable(message: string): ShimError {
  return new ShimError('SHIM_USAGE', `option parsing failed: ${message}`);
}
