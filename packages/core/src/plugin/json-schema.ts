/** A JSON Schema (draft 2020-12), written `as const` so that its type can be read. */
export type JSONSchema = boolean | { readonly [keyword: string]: unknown };

/**
 * The type that a schema describes, its defaults filled in; `unknown` where it uses keywords that this does not read.
 * Reads type, properties, required, default, items, additionalProperties, enum, const, oneOf and anyOf.
 */
export type Options<S> = TypeOf<S, 'filled'>;

/** The same before defaults are filled in: a property with a default may be left out. */
export type Written<S> = TypeOf<S, 'written'>;

type Stage = 'filled' | 'written';

type TypeOf<S, G extends Stage> = S extends { readonly const: infer C }
  ? C
  : S extends { readonly enum: readonly (infer E)[] }
    ? E
    : S extends { readonly oneOf: readonly (infer U)[] } | { readonly anyOf: readonly (infer U)[] }
      ? U extends unknown
        ? TypeOf<U, G>
        : never
      : S extends { readonly type: readonly (infer T)[] }
        ? T extends unknown
          ? TypeNamed<T, S, G>
          : never
        : S extends { readonly type: infer T }
          ? TypeNamed<T, S, G>
          : unknown;

type TypeNamed<T, S, G extends Stage> = T extends 'string'
  ? string
  : T extends 'number' | 'integer'
    ? number
    : T extends 'boolean'
      ? boolean
      : T extends 'null'
        ? null
        : T extends 'array'
          ? (S extends { readonly items: infer I } ? TypeOf<I, G> : unknown)[]
          : T extends 'object'
            ? ObjectOf<S, G>
            : unknown;

type ObjectOf<S, G extends Stage> = S extends { readonly properties: infer P }
  ? { -readonly [K in keyof P as K extends PresentKeys<S, P, G> ? K : never]: TypeOf<P[K], G> } & {
      -readonly [K in keyof P as K extends PresentKeys<S, P, G> ? never : K]?: TypeOf<P[K], G>;
    }
  : S extends { readonly additionalProperties: infer A extends object }
    ? Record<string, TypeOf<A, G>>
    : Record<string, unknown>;

type PresentKeys<S, P, G extends Stage> =
  | (S extends { readonly required: readonly (infer R)[] } ? R : never)
  | (G extends 'filled' ? { [K in keyof P]: P[K] extends { readonly default: unknown } ? K : never }[keyof P] : never);
