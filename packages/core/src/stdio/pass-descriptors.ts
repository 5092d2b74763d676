import type { ChildStdio } from '../plugin/child-stdio.js';
import type { Runtime } from '../plugin/runtime.js';
import { ShimError } from '../plugin/shim-error.js';

/** The stdio with further descriptors. Throws SHIM_UNSUPPORTED if the runtime would not pass them on. */
export function passDescriptors(io: ChildStdio, descriptors: readonly number[] = [], runtime: Runtime): ChildStdio {
  if (descriptors.length === 0) return io;
  if (runtime.passesDescriptors === true) return { ...io, descriptors };
  throw new ShimError('SHIM_UNSUPPORTED', `the runtime ${runtime.name} passes no descriptors on`, {
    where: 'preserveFds',
    remedy: 'Use runc or crun.',
  });
}
