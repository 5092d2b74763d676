import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { openBelow, type OpenDirectory } from './open-below.js';

const { O_NONBLOCK, O_RDONLY } = constants;
const TAIL_BYTES = 4096;
const TAIL_LINES = 6;

/** The last lines of a log, from byte `since` on, fit for a terminal; empty if there is nothing to read. */
export function tailLog(directory: OpenDirectory, name: string, since = 0): string {
  let fd: number;
  try {
    fd = openBelow(directory, name, O_RDONLY | O_NONBLOCK);
  } catch {
    return '';
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return '';
    // Shorter than it was: it has been renamed and begun anew.
    const from = Math.max(stat.size < since ? 0 : since, stat.size - TAIL_BYTES);
    const buffer = Buffer.alloc(TAIL_BYTES);
    const length = readSync(fd, buffer, 0, TAIL_BYTES, from);
    return lastLines(buffer.toString('utf8', 0, length));
  } finally {
    closeSync(fd);
  }
}

/** Bytes in the log now. */
export function logSize(directory: OpenDirectory, name: string): number {
  try {
    const fd = openBelow(directory, name, O_RDONLY | O_NONBLOCK);
    try {
      return fstatSync(fd).size;
    } finally {
      closeSync(fd);
    }
  } catch {
    return 0;
  }
}

function lastLines(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const shown = lines.slice(-TAIL_LINES).join('\n');
  // eslint-disable-next-line no-control-regex -- control characters would reach a terminal
  return shown.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ');
}
