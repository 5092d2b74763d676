/** Source of a CommonJS module that exports a validator for each schema, under the schema's key. */
export function standaloneValidators(schemas: Readonly<Record<string, object>>): string;
