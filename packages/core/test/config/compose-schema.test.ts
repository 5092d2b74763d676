import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeSchema, type ComposedPlugin } from '../../src/config/index.js';
import { isShimError } from '@holdfast/core/plugin';
import { BUILT_INS, pluginSource } from '../plugins/plugin-files.js';
import { makeConfigHome, type ConfigHome } from './config-files.js';

/** Options with references inside, to see that those still lead where they should. */
const REFERRING = {
  type: 'object',
  additionalProperties: false,
  required: ['level'],
  properties: { level: { $ref: '#/$defs/level' }, mode: { type: 'string', default: 'a' } },
  $defs: { level: { enum: ['low', 'high'] } },
} as const;

const PLUGINS: readonly ComposedPlugin[] = [
  ...BUILT_INS.map(({ definition }) => definition),
  { kind: 'log-driver', name: 'levels', optionsSchema: REFERRING },
];

const GOOD = [
  {},
  { runtime: 'runc', logs: [] },
  { runtimes: { runc: {} } },
  {
    runtimes: { runc: { options: { path: '/x', systemdCgroup: true } }, y: { plugin: 'oci', options: { path: '/y' } } },
  },
  { runtimes: { oci: { plugin: 'runc', options: { systemdCgroup: false } } } },
  { logs: [{ driver: 'file', options: { maxSize: '1k', labels: ['a'] } }, { driver: 'file' }] },
  { logs: [{ driver: 'levels', options: { level: 'low' } }] },
  { shim: { logLevel: 'debug' }, limits: {}, namespace: 'n' },
];

const BAD = [
  [],
  { runtim: 'runc' },
  { runtimes: { runc: { options: { paht: '/x' } } } },
  { runtimes: { fast: { plugin: 'runc', options: { systemdCgroup: 1 } } } },
  { runtimes: { oci: {} } },
  { runtimes: { oci: { options: {} } } },
  { runtimes: { runc: { plugin: 'oci', options: { systemdCgroup: false } } } },
  { runtimes: { runc: { extra: 1 } } },
  { logs: [{ driver: 'file', options: { maxSiez: '1k' } }] },
  { logs: [{ driver: 'file' }, { driver: 'file', options: { maxFiles: 0 } }] },
  { logs: [{ driver: 'file', extra: 1 }] },
  { logs: [{ driver: 'levels' }] },
  { logs: [{ driver: 'levels', options: { level: 'middle' } }] },
  { logs: [{ options: {} }] },
  { limits: { stopTimeout: 10 } },
];

describe('composeSchema', () => {
  const accepts = new Ajv2020({ allErrors: true, strictTypes: false }).compile(composeSchema(PLUGINS));
  let home: ConfigHome;

  beforeAll(async () => {
    home = await makeConfigHome();
    await home.write({ 'levels.mjs': pluginSource('levels', { optionsSchema: REFERRING }) });
  });
  afterAll(() => home.remove());

  /** As loadConfig and check do it, step by step, the plugins being those of the composed schema. */
  async function passesInSteps(document: unknown): Promise<boolean> {
    const text = Array.isArray(document) ? document : { plugins: ['./levels.mjs'], ...(document as object) };
    try {
      await (await home.load({ text: JSON.stringify(text) })).check();
      return true;
    } catch (error) {
      if (isShimError(error) && error.code === 'SHIM_CONFIG_INVALID') return false;
      throw error;
    }
  }

  it.each(GOOD)('and the checks in steps accept %j', async (document) => {
    expect(accepts(document), JSON.stringify(accepts.errors)).toBe(true);
    expect(await passesInSteps(document)).toBe(true);
  });

  it.each(BAD)('and the checks in steps refuse %j', async (document) => {
    expect(accepts(document)).toBe(false);
    expect(await passesInSteps(document)).toBe(false);
  });

  it('is what a loaded config gives of its own plugins', async () => {
    const loaded = await home.load({ text: '{ "plugins": ["./levels.mjs"] }' });
    expect(await loaded.schema()).toEqual(composeSchema(PLUGINS));
  });

  it('is plain JSON with the defaults and the names of plugins for an editor', () => {
    const schema = composeSchema(PLUGINS);
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(schema).toMatchObject({ properties: { runtime: { default: 'runc', examples: ['runc', 'oci'] } } });
  });
});
