import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './run.mjs';
import { standaloneValidators } from './standalone-validators.mjs';

const FILTER = /\/precompiled-(config|requests)\.js$/;

/** For esbuild: puts validators made by ajv at build time in the place of the empty ones of a source checkout. */
export const precompiledValidators = {
  name: 'precompiled-validators',
  setup(build) {
    build.onResolve({ filter: FILTER }, ({ path, resolveDir }) => ({
      path: FILTER.exec(path)[1],
      namespace: 'precompiled',
      pluginData: resolveDir,
    }));
    build.onLoad({ filter: /.*/, namespace: 'precompiled' }, async ({ path, pluginData }) => ({
      contents: await (path === 'config' ? configModule() : requestsModule()),
      resolveDir: pluginData,
      loader: 'js',
    }));
    build.onResolve({ filter: /^validators-of:/ }, ({ path }) => ({ path, namespace: 'validators' }));
    build.onLoad({ filter: /.*/, namespace: 'validators' }, async ({ path }) => ({
      contents: await standaloneValidators(await (path.endsWith('config') ? configSchemas() : requestSchemas())),
      resolveDir: join(ROOT, 'packages/core'),
      loader: 'js',
    }));
  },
};

const dist = (path) => import(pathToFileURL(join(ROOT, 'packages', path)).href);

async function configSchemas() {
  const { configSchema } = await dist('core/dist/config/config-schema.js');
  const { BUILT_INS } = await dist('shimctl/dist/built-ins.js');
  const plugins = BUILT_INS.map(({ definition }, i) => [`plugin${i}`, definition.optionsSchema]);
  return { config: configSchema, ...Object.fromEntries(plugins) };
}

async function requestSchemas() {
  const { REQUEST_SCHEMAS } = await dist('core/dist/api/request-schemas.js');
  return REQUEST_SCHEMAS;
}

/** The pairs are looked up by the schema's very object. */
async function configModule() {
  const plugins = Object.keys(await configSchemas()).slice(1);
  const pairs = plugins.map((name, i) => `[BUILT_INS[${i}].definition.optionsSchema, validators.${name}]`);
  return `import { configSchema } from '@holdfast/core/config';
import { BUILT_INS } from ${JSON.stringify(join(ROOT, 'packages/shimctl/src/built-ins.ts'))};
import validators from 'validators-of:config';
export const CONFIG_VALIDATORS = [[configSchema, validators.config], ${pairs.join(', ')}];`;
}

async function requestsModule() {
  return `import { REQUEST_SCHEMAS } from '@holdfast/core';
import validators from 'validators-of:requests';
export const REQUEST_VALIDATORS = Object.entries(REQUEST_SCHEMAS).map(([name, schema]) => [schema, validators[name]]);`;
}
