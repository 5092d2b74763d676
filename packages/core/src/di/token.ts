import type { InjectionToken } from 'tsyringe';

/** A typed name under which the container of tsyringe holds a T. */
export type Token<T> = InjectionToken<T>;

/** The token `holdfast.NAME`; two copies of this module make the same one. */
export function createToken<T>(name: string): Token<T> {
  return Symbol.for(`holdfast.${name}`);
}
