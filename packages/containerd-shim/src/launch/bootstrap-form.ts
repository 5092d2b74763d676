import { BootstrapParams, BootstrapResult } from '../messages/bootstrap.js';
import type { ShimCommandLine } from './command-line.js';

/**
 * Of the task API that containerd is to call. From 3 on it takes a shim for one that serves sandboxes too, and does not call `start` for the
 * containers of a pod.
 */
const VERSION = 2;

/**
 * What containerd 2.3 and later have written to stdin of `start`. Undefined for what earlier ones write there, an Any or nothing: nothing else
 * tells which it is, and an Any whose type and bytes are the flags' id and namespace is none.
 */
export function bootstrapParams(
  { id, namespace }: Pick<ShimCommandLine, 'id' | 'namespace'>,
  input: Uint8Array,
): BootstrapParams | undefined {
  const params = decoded(input);
  return params?.instanceId === id && params.namespace === namespace ? params : undefined;
}

/** What `start` prints: a message to those who have sent one, the bare address to the others. */
export function bootstrapAnswer(params: BootstrapParams | undefined, address: string): Uint8Array {
  if (params === undefined) return Buffer.from(address);
  return BootstrapResult.encode({ version: VERSION, address, protocol: 'ttrpc' });
}

function decoded(input: Uint8Array): BootstrapParams | undefined {
  try {
    return BootstrapParams.decode(input);
  } catch {
    return undefined;
  }
}
