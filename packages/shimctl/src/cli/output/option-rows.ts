/** What is read of a JSON Schema; others are left to `--json`. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** Rows `option, type, default, meaning` of a plugin's options, those inside of others under `outer.inner`. */
export function optionRows(schema: unknown, prefix = ''): string[][] {
  const { properties = {}, required = [] } = asSchema(schema);
  return Object.entries(properties).flatMap(([name, property]) => {
    const option = `${prefix}${name}`;
    const known = asSchema(property);
    const row = [option, typeOf(known), defaultOf(known, required.includes(name)), known.description ?? ''];
    return [row, ...optionRows(known, `${option}.`), ...optionRows(known.items, `${option}[].`)];
  });
}

/** `true` is a schema too. */
function asSchema(schema: unknown): Schema {
  return typeof schema === 'object' && schema !== null ? schema : {};
}

function defaultOf(schema: Schema, required: boolean): string {
  if (schema.default !== undefined) return JSON.stringify(schema.default);
  return required ? '(must be given)' : '-';
}

function typeOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives !== undefined) return alternatives.map((each) => typeOf(asSchema(each))).join(' | ');
  const type = [schema.type ?? 'any'].flat().join(' | ');
  if (type === 'array' && schema.items !== undefined) return `array of ${typeOf(asSchema(schema.items))}`;
  const { minimum, maximum } = schema;
  if (minimum === undefined && maximum === undefined) return type;
  return `${type} ${minimum ?? ''}..${maximum ?? ''}`;
}
