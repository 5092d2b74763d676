import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Complaint, ROOT } from '../run.mjs';

/** The module at `path` below packages/. Throws a Complaint if the packages are not built. */
export async function importBuilt(path) {
  try {
    return await import(pathToFileURL(join(ROOT, 'packages', path)).href);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Complaint(`packages/${path} or what it needs is not built: run npm run build`, { cause: error });
  }
}
