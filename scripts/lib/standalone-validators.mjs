import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './run.mjs';

/** As in packages/core/src/config/validators.ts, which compiles what is not made here. */
const OPTIONS = {
  allErrors: true,
  useDefaults: true,
  strictSchema: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
};

/**
 * Source of a CommonJS module with one validator for each schema, under the schema's key (an identifier). It needs of ajv
 * at most its small runtime helpers, which a bundler takes in; compiling schemas at run time would need all of it.
 *
 * @param {Readonly<Record<string, object>>} schemas
 * @returns {string}
 */
export function standaloneValidators(schemas) {
  // The ajv of the root belongs to a linter and is too old.
  const require = createRequire(join(ROOT, 'packages/core/package.json'));
  const { Ajv2020, _ } = require('ajv/dist/2020.js');
  const { default: standaloneCode } = require('ajv/dist/standalone');
  const { default: addFormats } = require('ajv-formats');
  // ajv-formats may have a copy of ajv of its own, whose code this one can't print: so where formats are is said here.
  const formats = _`require("ajv-formats/dist/formats").fullFormats`;
  const ajv = new Ajv2020({ ...OPTIONS, code: { source: true, lines: true, formats } });
  addFormats(ajv, { keywords: false });
  const names = {};
  for (const [name, schema] of Object.entries(schemas)) {
    if (!/^[A-Za-z_$][\w$]*$/.test(name)) throw new TypeError(`not an identifier: ${name}`);
    ajv.addSchema(schema, name);
    names[name] = name;
  }
  return standaloneCode(ajv, names);
}
