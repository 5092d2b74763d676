import { isObject } from './config-path.js';
import { configSchema } from './config-schema.js';

/** A format that `shimctl config init` writes. */
export type StarterFormat = 'json' | 'jsonc' | 'yaml';

interface Setting {
  readonly key: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/**
 * A config to start from: every setting with what it means and its default, as a comment, so that nothing is fixed that nobody has
 * chosen. JSON has no comments: there it is the settings that people change first. `schemaFile` becomes "$schema".
 */
export function starterConfig(format: StarterFormat, schemaFile?: string): string {
  if (format === 'json') return json(schemaFile);
  return format === 'jsonc' ? jsonc(schemaFile) : yaml(schemaFile);
}

function json(schemaFile: string | undefined): string {
  const { runtime, logs } = configSchema.properties;
  const start = schemaFile === undefined ? {} : { $schema: schemaFile };
  return `${JSON.stringify({ ...start, runtime: runtime.default, logs: logs.default }, null, 2)}\n`;
}

const HEAD = 'Settings of holdfast. What is commented out is the default; see docs/config.md.';

function jsonc(schemaFile: string | undefined): string {
  const lines = [`// ${HEAD}`, '{'];
  if (schemaFile !== undefined) lines.push(`  "$schema": ${JSON.stringify(schemaFile)},`);
  for (const setting of settingsOf(configSchema)) {
    const inner = settingsOf(setting.schema);
    lines.push('', ...comment('  // ', setting.schema));
    if (inner.length === 0) lines.push(`  // ${pair(setting)}`);
    else lines.push(`  // ${JSON.stringify(setting.key)}: {`, ...inner.flatMap(innerJsonc), '  // },');
  }
  return `${[...lines, '}'].join('\n')}\n`;
}

function innerJsonc(setting: Setting): string[] {
  return [...comment('  //   // ', setting.schema), `  //   ${pair(setting)}`];
}

function pair({ key, schema }: Setting): string {
  return `${JSON.stringify(key)}: ${JSON.stringify(schema['default'])},`;
}

function yaml(schemaFile: string | undefined): string {
  const lines = [`# ${HEAD}`];
  if (schemaFile !== undefined)
    lines.unshift(`# yaml-language-server: $schema=${schemaFile}`, `$schema: ${JSON.stringify(schemaFile)}`);
  for (const setting of settingsOf(configSchema)) {
    const inner = settingsOf(setting.schema);
    lines.push('', ...comment('# ', setting.schema));
    if (inner.length === 0) lines.push(`# ${yamlPair(setting)}`);
    else lines.push(`# ${setting.key}:`, ...inner.flatMap(innerYaml));
  }
  return `${lines.join('\n')}\n`;
}

function innerYaml(setting: Setting): string[] {
  return [...comment('#   # ', setting.schema), `#   ${yamlPair(setting)}`];
}

/** JSON is YAML. */
function yamlPair({ key, schema }: Setting): string {
  return `${key}: ${JSON.stringify(schema['default'])}`;
}

function comment(start: string, { description, enum: values }: Setting['schema']): string[] {
  const choice = Array.isArray(values) ? [`One of ${values.join(', ')}.`] : [];
  return [...(typeof description === 'string' ? [description] : []), ...choice].map((text) => `${start}${text}`);
}

function settingsOf(schema: Readonly<Record<string, unknown>>): Setting[] {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const entries = Object.entries(properties).filter(([key]) => key !== '$schema');
  return entries.map(([key, inner]) => ({ key, schema: isObject(inner) ? inner : {} }));
}
