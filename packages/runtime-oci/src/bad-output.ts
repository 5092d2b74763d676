import { ShimError } from '@holdfast/core/plugin';
import { safeWords } from './words.js';

/** The error for a runtime that ended well and said something that no OCI runtime says. */
export function badOutput(where: string, expected: string, output: Buffer | string): ShimError {
  const text = safeWords(output.toString().slice(0, 1024)).slice(0, 200);
  const seen = text === '' ? 'nothing' : JSON.stringify(text);
  return new ShimError('SHIM_RUNTIME_BAD_OUTPUT', `expected ${expected} from the runtime, got ${seen}`, { where });
}
