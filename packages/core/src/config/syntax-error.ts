import { ShimError } from '../plugin/shim-error.js';
import { positionAt, quoteAt } from './text-position.js';

/** Throws SHIM_CONFIG_SYNTAX: what is wrong at that offset of the text. */
export type Fail = (offset: number, what: string) => never;

/** A {@link Fail} for the text of `file`: the message starts with `FILE:LINE:COL` and ends with what stands there. */
export function failIn(text: string, file: string): Fail {
  return (offset, what) => {
    const { line, column } = positionAt(text, offset);
    const place = `${file}:${line}:${column}`;
    throw new ShimError('SHIM_CONFIG_SYNTAX', `${place}: ${what}, ${quoteAt(text, offset)}`, { where: place });
  };
}
