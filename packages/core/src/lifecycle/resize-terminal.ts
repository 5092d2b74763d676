import type { TerminalSize } from '../api/terminal-documents.js';
import { ShimError } from '../plugin/shim-error.js';
import type { ContainerIo } from '../stdio/container-io.js';

/** Throws SHIM_ILLEGAL_STATE if there is no terminal, or none any more. */
export function resizeTerminal(io: ContainerIo, size: TerminalSize, name: string): void {
  if (io.resize === undefined) {
    throw new ShimError('SHIM_ILLEGAL_STATE', `${name} has no terminal`, {
      where: name,
      remedy: 'Only what was started with a terminal (-t) has a size.',
    });
  }
  io.resize(size);
}
