import type { AttachHub } from '../stdio/attach-hub.js';
import type { ContainerIo } from '../stdio/container-io.js';
import type { ExecRecords } from './exec-records.js';

/** How long a foreground client gets to come back before output is passed on without it. */
const CLIENT_GRACE_MS = 5_000;

/** Passes on the output of a session that an earlier shimd had made: its client, which lost its connection, comes back first. */
export function passOnToClient(session: {
  readonly records: ExecRecords;
  readonly hub: AttachHub;
  readonly io: ContainerIo;
}): void {
  const { records, hub, io } = session;
  if (records.request.detached || io.unattachable !== undefined) return io.start();
  void hub.primaryArrival(CLIENT_GRACE_MS).then(() => io.start());
}
