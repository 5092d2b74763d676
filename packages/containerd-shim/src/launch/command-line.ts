import { ShimError } from '@holdfast/core/plugin';

/** What containerd calls the shim with. */
export interface ShimCommandLine {
  readonly action: 'start' | 'delete' | 'info' | 'version';
  readonly namespace: string;
  readonly id: string;
  /** Of containerd's socket. */
  readonly address: string;
  /** Of `delete`; empty: the working directory. */
  readonly bundle: string;
  readonly debug: boolean;
}

/** Flags that stand alone. */
const SWITCHES = ['debug', 'v', 'info'];
/** Flags with a value; some only so that they are no error. */
const VALUES = ['namespace', 'id', 'address', 'bundle', 'publish-binary', 'socket'];

/** Reads flags as Go's flag package does: `-name value`, `-name=value`, two dashes too; what follows is the action. Throws SHIM_USAGE. */
export function parseCommandLine(argv: readonly string[]): ShimCommandLine {
  const flags = new Map<string, string>();
  const rest = [...argv];
  while (rest[0]?.startsWith('-') === true) takeFlag(rest, flags);
  const text = (name: string): string => flags.get(name) ?? '';
  const action = actionOf(flags, rest);
  const line = { action, namespace: text('namespace'), id: text('id'), address: text('address') };
  const needed = action === 'start' || action === 'delete' ? (['namespace', 'id'] as const) : [];
  for (const name of needed) if (line[name] === '') throw usage(`${action} needs -${name}`);
  return { ...line, bundle: text('bundle'), debug: flags.get('debug') === 'true' };
}

function takeFlag(rest: string[], flags: Map<string, string>): void {
  const flag = rest.shift() as string;
  const [, name = '', , value] = /^--?([a-z-]+)(=(.*))?$/s.exec(flag) ?? [];
  if (SWITCHES.includes(name)) flags.set(name, value ?? 'true');
  else if (!VALUES.includes(name)) throw usage(`unknown flag ${JSON.stringify(flag)}`);
  else flags.set(name, value ?? rest.shift() ?? '');
}

function actionOf(flags: ReadonlyMap<string, string>, [word, ...more]: readonly string[]): ShimCommandLine['action'] {
  if (flags.get('v') === 'true') return 'version';
  if (flags.get('info') === 'true') return 'info';
  if ((word === 'start' || word === 'delete') && more.length === 0) return word;
  throw usage(word === undefined ? 'no action' : `unknown action ${JSON.stringify([word, ...more].join(' '))}`);
}

function usage(problem: string): ShimError {
  return new ShimError('SHIM_USAGE', problem, {
    remedy: 'containerd runs this: name io.containerd.holdfast.v1 as the runtime. See docs/containerd.md.',
  });
}
