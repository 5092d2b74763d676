import { prebuiltPath } from './prebuilt.js';

/** Absolute path of the launcher's binary, to be copied under another name: docs/launcher.md. Throws if there is none for this platform. */
export function launcherPath(): string {
  return prebuiltPath('holdfast-launcher');
}
