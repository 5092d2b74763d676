import { RuntimeInfo } from '../messages/bootstrap.js';

/** What `-info` prints: containerd 2 asks for it before it uses a runtime. */
export function infoOf(version: string): Uint8Array {
  return RuntimeInfo.encode({ name: 'io.containerd.holdfast.v1', version: { version, revision: '' } });
}

/** What `-v` prints. */
export function versionOf(version: string): Uint8Array {
  return Buffer.from(`containerd-shim-holdfast-v1:\n  Version: ${version}\n`);
}
