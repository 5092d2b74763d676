import { dirname } from 'node:path';
import { asShimError, ShimError } from '../plugin/shim-error.js';
import { checkOwnership } from '../plugins/check-ownership.js';
import { defaultExport, importWithin } from '../plugins/import-within.js';
import { isIdentifier } from '../state/identifiers.js';
import type { FrontEnd } from './front-end.js';

const LOAD_MS = 10_000;

/** The front end in the file at the absolute `path`, which nobody but root and this user may be able to change. Throws SHIM_FRONT_END. */
export async function loadFrontEnd(path: string, timeoutMs = LOAD_MS): Promise<FrontEnd> {
  try {
    const real = await checkOwnership(path, { text: path, directory: dirname(path), place: '--front-end' });
    return checkFrontEnd(defaultExport(await importWithin(real, timeoutMs)));
  } catch (cause) {
    throw unusable(path, cause);
  }
}

/** What a front end throws is told as SHIM_FRONT_END, with its own words. */
export function unusable(front: string, cause: unknown): ShimError {
  const { message, remedy, code } = asShimError(cause, 'SHIM_FRONT_END');
  const where = { where: front, cause };
  return new ShimError('SHIM_FRONT_END', `the front end ${front} can't be used: ${message}`, {
    ...where,
    ...(code === 'SHIM_INTERNAL' ? {} : { remedy }),
  });
}

function checkFrontEnd(value: unknown): FrontEnd {
  if (typeof value !== 'object' || value === null) throw new Error('its module has no object as its default export');
  const { name, apiVersion, serve } = value as Record<string, unknown>;
  if (typeof name !== 'string' || !isIdentifier(name)) throw new Error('its "name" is not a short name');
  if (apiVersion !== 1) throw new Error(`its "apiVersion" is ${JSON.stringify(apiVersion)}, not 1`);
  if (typeof serve !== 'function') throw new Error('its "serve" is not a function');
  return value as FrontEnd;
}
