import { prebuiltPath } from './prebuilt.js';

/** Absolute path of the keeper's binary. Throws if there is none for this platform. */
export function keeperPath(): string {
  return prebuiltPath('holdfast-keeper');
}
