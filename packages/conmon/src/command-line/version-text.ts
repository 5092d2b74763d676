/** The conmon whose contract this keeps. podman and CRI-O read it, the second one strictly. */
const CONMON_VERSION = '2.2.1';

/** What `--version` prints. */
export function versionText(version: string): string {
  return `conmon version ${CONMON_VERSION} (holdfast ${version})\n`;
}
