import type { KeeperWelcome, Replacement } from './keeper.js';
import { KEEPER_PROTOCOL_VERSION } from './messages.js';
import type { PacketReader } from './wire.js';

/** What WELCOME itself tells. */
export type WelcomeHead = Pick<KeeperWelcome, 'version' | 'pid' | 'restarts' | 'replacements' | 'replacement'>;

const OUTCOMES: readonly (Replacement['outcome'] | undefined)[] = [undefined, 'on trial', 'serves', 'failed'];

/** Reads a WELCOME; of an unknown version its version alone counts. */
export function readWelcome(reader: PacketReader): WelcomeHead {
  const [version, pid, restarts] = [reader.u32(), reader.u32(), reader.u32()];
  if (version < 2 || version > KEEPER_PROTOCOL_VERSION) return { version, pid, restarts, replacements: 0 };
  const replacements = reader.u32();
  const outcome = OUTCOMES[reader.u32()];
  const [waitStatus, tag] = [reader.u32(), reader.str()];
  const head = { version, pid, restarts, replacements };
  return outcome === undefined ? head : { ...head, replacement: { tag, outcome, waitStatus } };
}
