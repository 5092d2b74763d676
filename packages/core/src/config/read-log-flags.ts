import type { ConfigPath } from './config-path.js';
import { coerceOptions } from './coerce-options.js';
import type { EffectiveConfig } from './effective-config.js';
import type { Findings } from './findings.js';
import type { LogFlagLayer } from './log-flag-layer.js';
import { logUses } from './plugin-uses.js';
import { findPlugin, type Resolver } from './resolve-plugin.js';
import type { LogFlag } from './split-log-flag.js';

/** What {@link readLogFlags} works with. */
export interface LogFlagReading {
  readonly resolver: Resolver;
  readonly findings: Findings;
}

/**
 * Puts the options of log drivers that are written as flags into the config, read by the schemas of the drivers. What is wrong goes into
 * the findings; returned are the paths of the entries that could not be read.
 */
export async function readLogFlags(
  config: EffectiveConfig,
  flags: LogFlagLayer,
  { resolver, findings }: LogFlagReading,
): Promise<ConfigPath[]> {
  const uses = logUses(config);
  const named = uses.map(({ text }) => text.trim() !== '');
  const found = await findings.gather(
    uses.map(async (use, index) => (named[index] === true ? findPlugin(resolver, use) : undefined)),
  );
  const bad: ConfigPath[] = [];
  config.logs = config.logs.map((entry, index) => {
    const schema = found[index]?.definition.optionsSchema;
    const flag = flags.logFlags[index] as LogFlag;
    const read = schema === undefined ? undefined : coerceOptions(flag, schema);
    const problems = [...(read?.problems ?? []), ...givenTwice(flag)];
    findings.add(problems.map((problem) => `${flags.subject(['logs', index], 'value')} ${problem}`));
    if (read !== undefined && problems.length === 0) return { ...entry, options: read.options };
    bad.push(['logs', index]);
    return entry;
  });
  return bad;
}

function givenTwice({ settings }: LogFlag): string[] {
  const keys = settings.map(([key]) => key);
  return keys.filter((key, i) => keys.indexOf(key) < i).map((key) => `${key}: given twice`);
}
