import type { ForwardedStdio } from '../../api/documents.js';
import { parseTarget, type StdioName } from './forward-target.js';
import { checkFifo } from './open-fifo.js';

const NAMES: readonly StdioName[] = ['stdin', 'stdout', 'stderr'];

/** Refuses early what could not be opened later. Throws SHIM_INVALID_ARGUMENT. */
export function checkForward(forward: ForwardedStdio | undefined): void {
  for (const name of NAMES) {
    const text = forward?.[name];
    if (text === undefined) continue;
    const target = parseTarget(text, name);
    if (target.kind === 'fifo') checkFifo(target.path, name);
  }
}
