import type { Space } from './system.js';
import { formatBytes } from './words.js';

const SMALL_PART = 0.1;

/** What is short on a file system: less than a tenth free, or less than `least` bytes; undefined if nothing is. */
export function spaceFault({ bytes, freeBytes, inodes, freeInodes }: Space, least: number): string | undefined {
  if (bytes > 0 && (freeBytes < least || freeBytes < bytes * SMALL_PART)) {
    return `${formatBytes(freeBytes)} of ${formatBytes(bytes)} free`;
  }
  if (inodes > 0 && freeInodes < inodes * SMALL_PART) return `${freeInodes} of ${inodes} inodes free`;
  return undefined;
}
