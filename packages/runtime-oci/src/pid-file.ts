import { readBounded } from './read-bounded.js';

const MAX_PID = 4_194_304;

/** The pid in a runtime's pid file, or undefined if the file is missing or holds anything else. */
export function readPidFile(path: string): number | undefined {
  const text = readBounded(path, 64)?.toString('latin1').trim() ?? '';
  if (!/^[1-9]\d{0,6}$/.test(text)) return undefined;
  const pid = Number(text);
  return pid > 1 && pid <= MAX_PID ? pid : undefined;
}
