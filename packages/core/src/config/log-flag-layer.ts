import type { ConfigLayer } from './config-layer.js';
import { formatPath, type ConfigPath } from './config-path.js';
import type { LogFlag, LogFlagPair } from './split-log-flag.js';

/** A layer whose log drivers are written `DRIVER[,KEY=VALUE…]`, their options as texts still. */
export interface LogFlagLayer extends ConfigLayer {
  readonly logFlags: readonly LogFlag[];
}

/** What such drivers are in a document until the schemas of their options are known. */
export function logEntries(flags: readonly LogFlag[]): { driver: string; options: Record<string, string> }[] {
  return flags.map(({ driver, options, settings }) => ({ driver, options: textsOf(options), ...settingsOf(settings) }));
}

/** As in a file: `queue` is an object. */
function settingsOf(settings: readonly LogFlagPair[]): Record<string, unknown> {
  const inQueue = settings.filter(([key]) => key.startsWith('queue.'));
  const queue = textsOf(inQueue.map(([key, value]) => [key.slice('queue.'.length), value]));
  const others = textsOf(settings.filter((setting) => !inQueue.includes(setting)));
  return { ...(inQueue.length > 0 && { queue }), ...others };
}

function textsOf(pairs: readonly LogFlagPair[]): Record<string, string> {
  return Object.fromEntries(pairs.map(([key, value]) => [key, value ?? '']));
}

/** `NAME DRIVER,KEY=… KEY`: where a problem is. Values are left out: any may be a secret. */
export function logFlagSubject(name: string, path: ConfigPath, flags: readonly LogFlag[]): string {
  const flag = flags[Number(path[1])];
  const keys = [...(flag?.options ?? []), ...(flag?.settings ?? [])].map(([key, value]) =>
    value === undefined ? `,${key}` : `,${key}=…`,
  );
  const inside = formatPath(path.slice(path[2] === 'options' ? 3 : 2));
  const driver = flag === undefined || flag.driver.trim() === '' ? '""' : flag.driver;
  return `${name} ${`${driver}${keys.join('')}`.slice(0, 100)}${inside === '' ? '' : ` ${inside}`}`;
}
