/** Longest message taken, as systemd's own bound. */
export const MESSAGE_BYTES = 4096;

const WHOLE = new Set(['READY=1', 'RELOADING=1', 'STOPPING=1', 'WATCHDOG=1']);
const BEGINNINGS = ['STATUS=', 'ERRNO=', 'BUSERROR=', 'MONOTONIC_USEC='];

/** The lines of an untrusted message that conmon passes on; undefined if it passes none. Which process is the main one is not a container's to say. */
export function relayedLines(message: Uint8Array): string | undefined {
  const lines = Buffer.from(message).toString('latin1').split('\n');
  const kept = lines.filter((line) => WHOLE.has(line) || BEGINNINGS.some((beginning) => line.startsWith(beginning)));
  return kept.length === 0 ? undefined : kept.map((line) => line.replaceAll('\0', '')).join('\n');
}
