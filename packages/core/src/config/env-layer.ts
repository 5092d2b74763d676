import { resolve } from 'node:path';
import type { ConfigPath } from './config-path.js';
import { ENV_SETTINGS, type EnvSetting } from './env-names.js';
import { logEntries, logFlagSubject, type LogFlagLayer } from './log-flag-layer.js';
import { splitEscaped, splitLogFlag } from './split-log-flag.js';

type Given = EnvSetting & { readonly text: string };

/** The layer of the HOLDFAST_ variables. One that is empty counts as not set. */
export function envLayer(environment: Readonly<Record<string, string | undefined>>, cwd: string): LogFlagLayer {
  const given = ENV_SETTINGS.map((setting) => ({ ...setting, text: environment[setting.name] ?? '' })).filter(
    ({ text }) => text !== '',
  );
  const logFlags = given.filter(({ kind }) => kind === 'logs').flatMap(({ text }) => list(text).map(splitLogFlag));
  const document: Record<string, unknown> = {};
  for (const setting of given) {
    const value = valueOf(setting, cwd, logFlags);
    const [first = '', second] = setting.path.map(String);
    document[first] =
      second === undefined ? value : { ...(document[first] as Record<string, unknown> | undefined), [second]: value };
  }
  return {
    document,
    directory: cwd,
    logFlags,
    subject: (path) => subject(given, path, logFlags),
    origin: (path) => `env ${settingAt(given, path)?.name ?? 'HOLDFAST_'}`,
  };
}

function valueOf({ kind, path, text }: Given, cwd: string, logFlags: LogFlagLayer['logFlags']): unknown {
  if (kind === 'logs') return logEntries(logFlags);
  if (kind === 'list') return list(text);
  return path[0] === 'root' || path[0] === 'logRoot' ? resolve(cwd, text) : text;
}

/**
 * `;` separates, `\;` does not; other backslashes are left for whoever reads the parts. Where nothing is named between the separators,
 * the one part is that text: the schema refuses it, and "none" is not what anybody meant by it.
 */
function list(text: string): string[] {
  const parts = splitEscaped(text, ';').filter((part) => part.trim() !== '');
  return parts.length > 0 ? parts : [''];
}

function settingAt(given: readonly Given[], path: ConfigPath): Given | undefined {
  return given.find((setting) => setting.path.every((part, i) => part === path[i]));
}

function subject(given: readonly Given[], path: ConfigPath, logFlags: LogFlagLayer['logFlags']): string {
  const setting = settingAt(given, path);
  if (setting?.kind === 'logs') return logFlagSubject(setting.name, path, logFlags);
  return `${setting?.name ?? 'HOLDFAST_'}=${setting?.text.slice(0, 100) ?? ''}`;
}
