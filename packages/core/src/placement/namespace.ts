import { readlinkSync } from 'node:fs';

/** `unknown`: the process is gone or hidden from us. */
export type NamespaceRelation = 'same' | 'other' | 'unknown';

/**
 * Whether `pid` lives in our mount namespace: the paths it names mean what they mean to us only then. A pid can be reused,
 * so the caller holds what keeps it from that (the peer's open connection, with a check after this one).
 */
export function mountNamespaceOf(pid: number): NamespaceRelation {
  try {
    const own = readlinkSync('/proc/self/ns/mnt');
    return readlinkSync(`/proc/${pid}/ns/mnt`) === own ? 'same' : 'other';
  } catch {
    return 'unknown';
  }
}
