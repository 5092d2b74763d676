import { describe, expect, it } from 'vitest';
import { HIDDEN } from '../../src/config/index.js';
import { hidePointers, hideSecrets, isSecret, secretsIn } from '../../src/config/secrets.js';
import { makeConfigHome } from './config-files.js';
import { pluginSource } from '../plugins/plugin-files.js';

const SECRET = 'hunter2';
const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    url: { type: 'string' },
    token: { type: 'string', writeOnly: true, pattern: '^[A-Z]+$' },
    level: { enum: ['a', 'b'], writeOnly: true },
    tls: { $ref: '#/$defs/tls' },
    headers: { type: 'object', additionalProperties: { type: 'string', writeOnly: true } },
    keys: {
      type: 'array',
      items: { anyOf: [{ type: 'null' }, { type: 'object', properties: { 'a/b': { writeOnly: true } } }] },
    },
  },
  $defs: { tls: { type: 'object', properties: { key: { writeOnly: true }, name: {} } } },
} as const;
const OPTIONS = {
  url: 'u',
  token: SECRET,
  tls: { key: { pem: SECRET }, name: 'n' },
  headers: { 'x-y': SECRET },
  keys: [{ 'a/b': SECRET, c: 1 }],
};
const SHOWN = {
  url: 'u',
  token: HIDDEN,
  tls: { key: HIDDEN, name: 'n' },
  headers: { 'x-y': HIDDEN },
  keys: [{ 'a/b': HIDDEN, c: 1 }],
};

describe('secrets', () => {
  it('are what the schema marks with writeOnly, wherever it stands', () => {
    expect(hideSecrets(SCHEMA, OPTIONS)).toEqual(SHOWN);
    expect(secretsIn(SCHEMA, OPTIONS)).toEqual(['/token', '/tls/key', '/headers/x-y', '/keys/0/a~1b']);
    expect(hidePointers(OPTIONS, secretsIn(SCHEMA, OPTIONS))).toEqual(SHOWN);
    expect(OPTIONS.token).toBe(SECRET);
    expect(isSecret(SCHEMA, ['tls', 'key', 'pem'])).toBe(true);
    expect(isSecret(SCHEMA, ['tls', 'name'])).toBe(false);
    expect(isSecret({ $ref: '#' }, ['a'])).toBe(false);
  });

  it('may stand under a key that is misspelt, and in options of a plugin that is not there', () => {
    expect(hideSecrets(SCHEMA, { tokne: SECRET, url: 'u' })).toEqual({ tokne: HIDDEN, url: 'u' });
    expect(hideSecrets(undefined, { a: SECRET, b: [{ c: SECRET }] })).toEqual({ a: HIDDEN, b: [{ c: HIDDEN }] });
  });

  it('are in no message, not shown, and marked for the state', async () => {
    const home = await makeConfigHome();
    try {
      await home.write({ 'secret.mjs': pluginSource('secret', { optionsSchema: SCHEMA }) });
      const config = (options: object) => JSON.stringify({ logs: [{ driver: './secret.mjs', options }] });
      const loaded = await home.load({ text: config({ url: 'u', token: SECRET }) });
      expect(JSON.stringify(await loaded.shown())).not.toContain(SECRET);
      const failed = await loaded.container({ namespace: 'n', id: 'i' }).catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 'SHIM_CONFIG_INVALID' });
      expect((failed as Error).message).toContain(
        `logs[0].options.token: "${HIDDEN}" is not of the form`.replaceAll('"', ''),
      );
      expect((failed as Error).message).not.toContain(SECRET);

      const wrong = await home.load({ text: config({ level: SECRET, headers: { a: 5 } }) });
      const message = await wrong.check().catch((error: unknown) => (error as Error).message);
      expect(message).toContain(`must be one of "a", "b", is ${HIDDEN}`);
      expect(message).not.toContain(SECRET);

      const flagged = await home.load({ flags: { logs: [`./secret.mjs,token=${SECRET},tokne=${SECRET}`] } });
      const flagMessage = await flagged.check().catch((error: unknown) => (error as Error).message);
      expect(flagMessage).toContain('tokne: unknown key, did you mean "token"?');
      expect(flagMessage).not.toContain(SECRET);

      const right = await home.load({ text: config({ token: 'GOOD' }) });
      const { logs } = await right.container({ namespace: 'n', id: 'i' });
      expect(logs).toMatchObject([{ options: { token: 'GOOD' }, secrets: ['/token'] }]);
    } finally {
      await home.remove();
    }
  });
});
