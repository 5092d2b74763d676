import type { Launch } from '@holdfast/core';
import { RuntimeInfo } from '../messages/index.js';

/** `-info`: what containerd 2 asks for before it uses a runtime. */
export async function info(launch: Launch, version: string): Promise<number> {
  const bytes = RuntimeInfo.encode({ name: 'io.containerd.holdfast.v1', version: { version, revision: '' } });
  await launch.stdout(bytes);
  return 0;
}

/** `-v`. */
export async function printVersion(launch: Launch, version: string): Promise<number> {
  await launch.stdout(Buffer.from(`containerd-shim-holdfast-v1:\n  Version: ${version}\n`));
  return 0;
}
