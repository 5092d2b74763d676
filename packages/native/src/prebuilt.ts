import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The platform of this process, such as `linux-x64`. */
export const PLATFORM = `${process.platform}-${process.arch}`;

/** Absolute path of a file that was built for `platform`. Throws an error that says for which platforms there are some. */
export function prebuiltPath(name: string, platform = PLATFORM): string {
  try {
    return require.resolve(`@holdfast/native/prebuilds/${platform}/${name}`);
  } catch (cause) {
    const message =
      `@holdfast/native has no ${name} for ${platform}; there is one for ${available().join(', ') || 'no platform'}. ` +
      'holdfast runs on Linux; for another processor, build it in a checkout: npm run build.';
    throw Object.assign(new Error(message, { cause }), { code: 'HOLDFAST_NO_PREBUILT' });
  }
}

/** Loads the addon. Throws an error that says what is wrong with it: another libc, mostly. */
export function loadAddon(): unknown {
  const path = prebuiltPath('holdfast.node');
  try {
    return require(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `the addon of @holdfast/native cannot be loaded: ${why}. It is built for ${PLATFORM} with glibc.`;
    throw Object.assign(new Error(message, { cause }), { code: 'HOLDFAST_BAD_PREBUILT' });
  }
}

function available(): string[] {
  try {
    return readdirSync(join(dirname(require.resolve('@holdfast/native/package.json')), 'prebuilds'));
  } catch {
    return [];
  }
}
