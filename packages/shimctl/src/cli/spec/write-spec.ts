import { join } from 'node:path';
import { putFile } from '@holdfast/core/client';
import { ShimError, type ErrorCode } from '@holdfast/core/plugin';

const CODES: Readonly<Record<string, ErrorCode>> = {
  EEXIST: 'SHIM_SPEC_EXISTS',
  ENOENT: 'SHIM_BUNDLE_NOT_FOUND',
  ENOTDIR: 'SHIM_BUNDLE_NOT_FOUND',
  EACCES: 'SHIM_PERMISSION',
  EPERM: 'SHIM_PERMISSION',
};

/**
 * Writes the bundle's config.json, whole or not at all; over one that is there only with `force`. Returns its path. Throws
 * SHIM_SPEC_EXISTS, SHIM_BUNDLE_NOT_FOUND, SHIM_PERMISSION or SHIM_IO.
 */
export async function writeSpec(bundle: string, spec: object, force: boolean): Promise<string> {
  const path = join(bundle, 'config.json');
  try {
    await putFile(path, `${JSON.stringify(spec, null, 2)}\n`, { mode: 0o644, replace: force });
  } catch (cause) {
    throw explain(cause, bundle, path);
  }
  return path;
}

function explain(cause: unknown, bundle: string, path: string): ShimError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const known = CODES[code] ?? 'SHIM_IO';
  if (known === 'SHIM_SPEC_EXISTS') return new ShimError(known, 'the bundle has a config.json', { where: path, cause });
  if (known === 'SHIM_BUNDLE_NOT_FOUND') {
    return new ShimError(known, 'the bundle directory does not exist', { where: bundle, cause });
  }
  return new ShimError(known, `the spec cannot be written: ${message}`, { where: path, cause });
}
