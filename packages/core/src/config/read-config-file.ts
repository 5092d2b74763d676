import { isUtf8 } from 'node:buffer';
import { NotASmallFile, readSmallFile } from '../plugins/read-small-file.js';
import { ShimError } from '../plugin/shim-error.js';

const MAX_BYTES = 1024 * 1024;

/**
 * Text of a config file; undefined if it does not exist. Throws SHIM_CONFIG_INVALID for a directory or a file over 1 MiB,
 * SHIM_CONFIG_SYNTAX for one that is not UTF-8, SHIM_PERMISSION, SHIM_IO.
 */
export async function readConfigFile(file: string): Promise<string | undefined> {
  const bytes = await readSmallFile(file, MAX_BYTES).catch((cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (cause instanceof NotASmallFile) {
      const remedy = 'Name a regular file of at most 1 MiB that holds the config.';
      throw new ShimError('SHIM_CONFIG_INVALID', `${file}: the config file ${message}`, { where: file, remedy, cause });
    }
    const denied = code === 'EACCES' || code === 'EPERM';
    throw new ShimError(denied ? 'SHIM_PERMISSION' : 'SHIM_IO', `${file}: can't read the config file: ${message}`, {
      where: file,
      ...(denied && { remedy: 'Make the file readable for this user, or run as root.' }),
      cause,
    });
  });
  if (bytes === undefined) return undefined;
  if (!isUtf8(bytes)) {
    const remedy = 'Save the file in the encoding UTF-8.';
    throw new ShimError('SHIM_CONFIG_SYNTAX', `${file}: the config file is not UTF-8`, { where: file, remedy });
  }
  const text = bytes.toString('utf8');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
