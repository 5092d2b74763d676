import { basename, dirname, join } from 'node:path';

/** What the names of rotated files end in, behind their number: as they were written, and compressed. */
export const SUFFIXES = ['', '.gz', '.zst'] as const;
export type Suffix = (typeof SUFFIXES)[number];

/** Path of the `n`th youngest rotated file; 0 is the current one. */
export function rotatedName(path: string, n: number, suffix: Suffix = ''): string {
  return n === 0 ? path : `${path}.${n}${suffix}`;
}

/** The file whose lock is the right to write the log. The dot keeps it out of `NAME.*`, in which kubelet looks for rotated files. */
export function lockName(path: string): string {
  return join(dirname(path), `.${basename(path)}.lock`);
}

/** Where a file is made that is put in the place of a full one. */
export function draftName(path: string): string {
  return `${path}.tmp`;
}

/** Where a file is compressed to before it gets its name. One for each log: no two are made at once. */
export function unfinishedName(path: string): string {
  return `${path}.gz.tmp`;
}
