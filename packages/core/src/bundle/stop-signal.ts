import { constants } from 'node:os';
import type { OciSpec } from './oci-spec.js';

/** Annotation that container engines write the image's stop signal to. */
const ANNOTATION = 'org.opencontainers.image.stopSignal';

/** The signal that `stop` sends first: the spec's, else SIGTERM. */
export function stopSignalOf(spec: OciSpec): number {
  const text = spec.annotations?.[ANNOTATION];
  return (text === undefined ? undefined : parseSignal(text)) ?? constants.signals.SIGTERM;
}

/** `TERM`, `SIGTERM`, `sigterm`, `15`, `RTMIN+3` → a number from 1 to 64; undefined for anything else. */
export function parseSignal(text: string): number | undefined {
  if (/^[0-9]+$/.test(text)) {
    const number = Number(text);
    return number >= 1 && number <= 64 ? number : undefined;
  }
  const name = text.toUpperCase().replace(/^SIG/, '');
  const realtime = /^RT(MIN|MAX)([+-][0-9]+)?$/.exec(name);
  if (realtime !== null) {
    const number = (realtime[1] === 'MIN' ? 34 : 64) + Number(realtime[2] ?? 0);
    return number >= 34 && number <= 64 ? number : undefined;
  }
  const signals: Readonly<Record<string, number>> = constants.signals;
  return Object.hasOwn(signals, `SIG${name}`) ? signals[`SIG${name}`] : undefined;
}
