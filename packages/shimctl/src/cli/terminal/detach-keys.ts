import { ShimError } from '@holdfast/core/plugin';

const CONTROL = /^ctrl-([a-zA-Z@[\\\]^_])$/;

/**
 * The bytes of a key sequence such as `ctrl-p,ctrl-q` or `ctrl-],d`: keys are single characters or ctrl- with a letter or one of
 * `@ [ \ ] ^ _`. Empty: no sequence. Throws SHIM_USAGE.
 */
export function parseDetachKeys(text: string): Buffer {
  if (text === '') return Buffer.alloc(0);
  return Buffer.from(text.split(',').map(byteOf));

  function byteOf(key: string): number {
    const control = CONTROL.exec(key)?.[1];
    if (control !== undefined) return control.toUpperCase().charCodeAt(0) & 0x1f;
    if (/^[\x20-\x7e]$/.test(key)) return key.charCodeAt(0);
    throw new ShimError('SHIM_USAGE', `--detach-keys: ${JSON.stringify(key)} is no key`, {
      where: text.slice(0, 100),
      remedy: 'Keys are single characters or ctrl-X, with commas between them: ctrl-p,ctrl-q.',
    });
  }
}
