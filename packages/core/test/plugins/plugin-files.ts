import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { definePlugin, type Runtime } from '@holdfast/core/plugin';
import type { BuiltInPlugin, PluginReference } from '../../src/plugins/index.js';

/** A new directory that only its owner can write, and how to remove it. */
export async function makeDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-config-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Writes `files`, by relative path, under `directory`. */
export async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

/**
 * Source of a plugin module that imports nothing of holdfast: it is known by its brand alone. `changes` replace fields of
 * the definition.
 */
export function pluginSource(name: string, changes: Readonly<Record<string, unknown>> = {}): string {
  const definition = { kind: 'log-driver', name, apiVersion: 1, optionsSchema: { type: 'object' }, ...changes };
  return `const definition = ${JSON.stringify(definition)};
${'create' in changes ? '' : 'definition.create = () => ({});'}
Object.defineProperty(definition, Symbol.for('holdfast.plugin'), { value: true });
export default definition;
`;
}

/** Source of a log driver whose `create(context, options)` is `body`. */
export function creatingSource(body: string, optionsSchema: object = { type: 'object' }): string {
  const plugin = pluginSource('mine', { optionsSchema });
  return plugin.replace('definition.create = () => ({});', `definition.create = (context, options) => {\n${body}\n};`);
}

export const FILE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    path: { type: 'string' },
    maxSize: { type: 'string', pattern: '^[0-9]+[kmg]?$', default: '10m', description: 'Such as "10m".' },
    maxFiles: { type: 'integer', minimum: 1, default: 5 },
    compress: { type: 'boolean', default: false },
    format: { enum: ['json', 'cri', 'raw'], default: 'json' },
    labels: { type: 'array', items: { type: 'string' }, default: [] },
    tags: { type: 'object', default: {} },
  },
} as const;

const fileDriver = definePlugin({
  kind: 'log-driver',
  name: 'file',
  apiVersion: 1,
  optionsSchema: FILE_SCHEMA,
  create: () => ({ write: () => undefined, flush: () => Promise.resolve(), close: () => Promise.resolve({ lost: 0 }) }),
});

function runtime(name: string, optionsSchema: { readonly type: 'object' }): BuiltInPlugin {
  // Only its schema is used here.
  const create = () => ({ name }) as unknown as Runtime;
  return {
    kind: 'runtime',
    name,
    version: '1.2.3',
    definition: definePlugin({ kind: 'runtime', name, apiVersion: 1, optionsSchema, create }),
  };
}

/** Runtimes `runc` and `oci` (which must be given a path) and the log driver `file`, all of version 1.2.3. */
export const BUILT_INS: readonly BuiltInPlugin[] = [
  runtime('runc', {
    type: 'object',
    additionalProperties: false,
    properties: { path: { type: 'string', default: 'runc' }, systemdCgroup: { type: 'boolean', default: false } },
  } as { readonly type: 'object' }),
  runtime('oci', {
    type: 'object',
    additionalProperties: false,
    required: ['path'],
    properties: { path: { type: 'string', minLength: 1 } },
  } as { readonly type: 'object' }),
  { kind: 'log-driver', name: 'file', version: '1.2.3', definition: fileDriver },
];

/** A reference as a config in `directory` would make it. */
export function referenceTo(text: string, directory: string): PluginReference {
  return { text, directory, place: 'config.json:1:1 plugins[0]' };
}
