import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { ShimError } from '@holdfast/core/plugin';
import type { TlsOptions } from '../options/settings.js';
import { messageOf } from '../system-error.js';

/** Throws for bytes that are none; a TLS context would pass over an authority that can't be read. */
const CHECKS = {
  ca: (bytes: Buffer) => new X509Certificate(bytes),
  cert: (bytes: Buffer) => new X509Certificate(bytes),
  key: (bytes: Buffer) => createPrivateKey(bytes),
} as const;

/** What the files hold. Rejects with SHIM_LOG_OPEN that names the file. */
export async function readTlsFiles(tls: TlsOptions): Promise<SecureContextOptions> {
  const context: SecureContextOptions = {};
  for (const option of ['ca', 'cert', 'key'] as const) {
    const path = tls[option];
    if (path === undefined) continue;
    try {
      const bytes = await readFile(path);
      CHECKS[option](bytes);
      context[option] = bytes;
    } catch (error) {
      throw unusable(option, path, error);
    }
  }
  try {
    createSecureContext(context);
  } catch (error) {
    // Each is right by itself: the key is that of another certificate.
    throw unusable('key', tls.key ?? '', error);
  }
  return context;
}

function unusable(option: string, path: string, cause: unknown): ShimError {
  return new ShimError('SHIM_LOG_OPEN', `${path} can't be used as tls.${option}: ${messageOf(cause)}`, {
    where: path,
    remedy: `Correct the option "tls.${option}", or the file; it is in PEM.`,
    cause,
  });
}
