import type { ShimError } from '../plugin/shim-error.js';
import type { Container } from './container.js';

/** Lets go, here and in the keeper, of a container that could not be taken up and is no more; its clients hear why. */
export async function letGo(container: Container, error: ShimError): Promise<void> {
  const { records, oom, hub, execs, io, notifications, logs } = container;
  await records.store.retire();
  oom.close();
  hub.fail(error);
  await execs.removeAll();
  await io.release();
  await notifications.release();
  await logs.close('deleted');
}
