import type { StartedCommand } from '../../cli/environment.js';

/** What asks a shim for something and prints the answer. All else reads files, loads plugins or speaks with other shims. */
const LIGHT: ReadonlySet<string> = new Set([
  ...['attach', 'create', 'delete', 'exec', 'inspect', 'kill', 'list', 'pause', 'reopen-logs', 'resize', 'resume'],
  ...['run', 'start', 'stop', 'update', 'version', 'wait'],
]);

/** Commands whose operands are containers, more than one. */
const OF_CONTAINERS: ReadonlySet<string> = new Set(['delete', 'wait']);

/** Why shimd is not to run a command; undefined if it can. */
export function tooHeavy({ path, options }: StartedCommand, env: Readonly<Record<string, string>>): string | undefined {
  const name = path.join(' ');
  if (!LIGHT.has(name)) return `${name} is not for a shim`;
  if (options['logs'] !== undefined) return 'a log driver would have to read';
  if (options['withUnit'] !== undefined) return 'the unit of the caller is meant';
  // systemd believes those alone who belong to the unit.
  if (name === 'run' && (env['NOTIFY_SOCKET'] ?? '') !== '') return 'the manager of the caller is to be told';
  return undefined;
}

/** The containers that a command names, if there may be several. */
export function containersOf({ path, args }: StartedCommand): readonly string[] {
  return OF_CONTAINERS.has(path.join(' ')) ? args : [];
}
