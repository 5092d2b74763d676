import type { JSONSchema } from '../plugin/json-schema.js';

/** One finding of a validator, in ajv's shape. */
export interface SchemaFinding {
  /** JSON pointer to the value in the data. */
  readonly instancePath: string;
  /** JSON pointer to the keyword in the schema. */
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** Checks `data`, fills in defaults in place; what is wrong is in `errors` until the next call. */
export interface Validate {
  (data: unknown): boolean;
  errors?: readonly SchemaFinding[] | null;
}

/** Where the core gets validators from. */
export interface SchemaValidators {
  /** The validator of a schema. Rejects with ajv's own error if the schema itself is wrong. */
  validator(schema: JSONSchema): Promise<Validate>;
}

/**
 * Takes validators made at build time where there are any, and compiles the others: compiling means loading ajv, which
 * costs more than all the rest of the start.
 */
export class LazyValidators implements SchemaValidators {
  readonly #known: Map<JSONSchema, Promise<Validate>>;

  /** `precompiled`: validators by their schema, the very object. */
  constructor(precompiled: Iterable<readonly [JSONSchema, Validate]> = []) {
    this.#known = new Map([...precompiled].map(([schema, validate]) => [schema, Promise.resolve(validate)]));
  }

  validator(schema: JSONSchema): Promise<Validate> {
    let found = this.#known.get(schema);
    if (found === undefined) this.#known.set(schema, (found = compile(schema)));
    return found;
  }
}

/** Unknown keywords and defaults without effect are mistakes; the rest of ajv's strict mode is a matter of taste. */
export const AJV_OPTIONS = {
  allErrors: true,
  useDefaults: true,
  strictSchema: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
} as const;

async function compile(schema: JSONSchema): Promise<Validate> {
  const [{ Ajv2020 }, formats] = await Promise.all([import('ajv/dist/2020.js'), import('ajv-formats')]);
  const ajv = new Ajv2020(AJV_OPTIONS);
  formats.default.default(ajv, { keywords: false });
  return ajv.compile(schema as object) as Validate;
}
