import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { StateLayout } from '@holdfast/core/client';

const { O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
/** As many as a cursor has at most. */
const DIGITS = 16;

/** Where a group's lies. */
export function cursorFileOf(layout: StateLayout, group: string): string {
  return join(layout.group(group), 'containerd-events');
}

/** How far the events of the group were told; a shimd that comes after goes on there. */
export class CursorFile {
  #cursor: number;

  constructor(private readonly file: string) {
    this.#cursor = read(file);
  }

  get value(): number {
    return this.#cursor;
  }

  /** Each takes the place of the last, by one write of the same length: whoever is killed leaves the one or the other. */
  set(cursor: number): void {
    if (cursor <= this.#cursor) return;
    this.#cursor = cursor;
    try {
      write(this.file, String(cursor).padStart(DIGITS, '0'));
    } catch {
      // A full disk: the next one writes it. Until then a new shimd would tell some events again.
    }
  }
}

function write(path: string, text: string): void {
  const file = openSync(path, O_WRONLY | O_CREAT | O_NOFOLLOW, 0o600);
  try {
    writeSync(file, text, 0);
  } finally {
    closeSync(file);
  }
}

function read(file: string): number {
  try {
    const cursor = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(cursor) && cursor > 0 ? cursor : 0;
  } catch {
    return 0;
  }
}
