import { ShimError } from '@holdfast/core/plugin';

const FLAG = '--preserve-fds';
/** Most that the core passes on. */
const MOST = 13;

/** How many descriptors from 3 on the runtime is to pass on: what its own flag says. Throws SHIM_USAGE. */
export function preservedCount(runtimeOptions: readonly string[]): number {
  const at = runtimeOptions.findLastIndex((option) => option === FLAG || option.startsWith(`${FLAG}=`));
  if (at < 0) return 0;
  const text = runtimeOptions[at] === FLAG ? runtimeOptions[at + 1] : runtimeOptions[at]?.slice(FLAG.length + 1);
  const count = /^\d{1,4}$/.test(text ?? '') ? Number(text) : NaN;
  if (!(count <= MOST)) throw new ShimError('SHIM_USAGE', `${FLAG} ${text ?? ''}: at most ${MOST} can be passed on`);
  return count;
}
