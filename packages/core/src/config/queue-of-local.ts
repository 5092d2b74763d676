import { ShimError } from '../plugin/shim-error.js';

/** For a log driver that writes local files, and for which the config asks for a queue at `place`: it would do nothing. */
export function queueOfLocal(driver: string, place: string): ShimError {
  return new ShimError(
    'SHIM_CONFIG_INVALID',
    `${place}: the log driver "${driver}" writes local files and has no queue`,
    {
      where: place,
      remedy:
        'Leave "queue" out: what such a driver has not written waits in the container\'s pipe, and nothing of it is lost.',
    },
  );
}
