import { MAX_PRESERVED, type ListenFds, type UnitOptions } from '@holdfast/core/client';
import { ShimError } from '@holdfast/core/plugin';
import type { CliEnvironment } from '../environment.js';
import { parseCount } from '../numbers.js';

type Surroundings = Pick<CliEnvironment, 'env' | 'unit'>;

/**
 * The descriptors that a container gets: those of systemd's socket activation, if they are meant for this process, then `--preserve-fds`.
 * Throws SHIM_INVALID_ARGUMENT.
 */
export function passedDescriptors(
  environment: Surroundings,
  preserve: string | undefined,
): Pick<UnitOptions, 'preserveFds' | 'listenFds'> {
  const listenFds = activation(environment);
  const preserveFds = preservedFds(environment, preserve, listenFds?.count ?? 0);
  return { ...preserveFds, ...(listenFds === undefined ? {} : { listenFds }) };
}

/** `after` of them come before those that `--preserve-fds` counts, as with runc. */
export function preservedFds(
  { unit }: Pick<Surroundings, 'unit'>,
  preserve: string | undefined,
  after = 0,
): Pick<UnitOptions, 'preserveFds'> {
  const count = after + (preserve === undefined ? 0 : parseCount(preserve, '--preserve-fds'));
  if (count === 0) return {};
  if (count > MAX_PRESERVED)
    throw invalid(`${count} descriptors are more than the ${MAX_PRESERVED} that can be passed on`);
  const inherited = unit.inherited();
  if (inherited < count)
    throw invalid(`shimctl was started without descriptor ${3 + inherited}, one of the ${count} to pass on`);
  return { preserveFds: Array.from({ length: count }, (_, i) => 3 + i) };
}

/** As sd_listen_fds(3) has it: what names another process was inherited with the rest of the environment. */
function activation({ env, unit }: Surroundings): ListenFds | undefined {
  const { LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES } = env;
  if (LISTEN_FDS === undefined || LISTEN_PID !== String(unit.pid)) return undefined;
  const count = parseCount(LISTEN_FDS, 'LISTEN_FDS');
  if (count === 0) return undefined;
  return { count, ...(LISTEN_FDNAMES === undefined ? {} : { names: LISTEN_FDNAMES }) };
}

function invalid(message: string): ShimError {
  return new ShimError('SHIM_INVALID_ARGUMENT', message, {
    where: '--preserve-fds',
    remedy: 'Open them from 3 on, without a gap: shimctl run --preserve-fds 1 … 3<file.',
  });
}
