import { constants, openSync, readFileSync, statSync } from 'node:fs';
import { native } from '@holdfast/native';
import { ShimError } from '../../plugin/shim-error.js';

/** A process to take descriptors from. */
export interface Source {
  readonly pid: number;
  readonly pidfd: number;
}

/**
 * A copy of the process's descriptor. Where pidfd_getfd(2) is forbidden (Yama, seccomp) a pipe or a device is opened anew by its path in
 * /proc, which is as good; SHIM_UNSUPPORTED for all else. SHIM_INVALID_ARGUMENT if it isn't open.
 */
export function takeDescriptor(source: Source, number: number, copy = copyOf): number {
  try {
    return copy(source.pidfd, number);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const where = `pid ${source.pid}`;
    if (code === 'EBADF')
      throw new ShimError('SHIM_INVALID_ARGUMENT', `descriptor ${number} is not open`, { where, cause: error });
    if (code === 'ESRCH')
      throw new ShimError('SHIM_PEER_REFUSED', 'the process that connected has gone', { where, cause: error });
    return openAnew(source, number, error);
  }
}

function copyOf(pidfd: number, number: number): number {
  return native.pidfdGetDescriptor(pidfd, number);
}

function openAnew(source: Source, number: number, cause: unknown): number {
  const path = `/proc/${source.pid}/fd/${number}`;
  try {
    const flags = flagsOf(source.pid, number);
    const stats = statSync(path);
    if (flags !== undefined && (stats.isFIFO() || stats.isCharacterDevice())) {
      const fd = openSync(path, flags);
      // Not another process that got its pid meanwhile.
      native.pidfdSendSignal(source.pidfd, 0);
      return fd;
    }
  } catch {
    // Said below.
  }
  throw new ShimError('SHIM_UNSUPPORTED', `descriptor ${number} can't be copied: the system forbids pidfd_getfd`, {
    where: `pid ${source.pid}`,
    remedy: 'Give shimd CAP_SYS_PTRACE, or pass a pipe.',
    cause,
  });
}

/** Access mode and O_NONBLOCK, which a new opening has to have as well. */
function flagsOf(pid: number, number: number): number | undefined {
  const text = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${number}`, 'utf8'))?.[1];
  if (text === undefined) return undefined;
  const kept = constants.O_RDONLY | constants.O_WRONLY | constants.O_RDWR | constants.O_NONBLOCK;
  return parseInt(text, 8) & kept;
}
