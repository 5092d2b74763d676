import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateLayout } from '@holdfast/core/client';

/** Where a group's lies. */
export function cursorFileOf(layout: StateLayout, group: string): string {
  return join(layout.group(group), 'containerd-events');
}

/** How far the events of the group were told; a shimd that comes after goes on there. */
export class CursorFile {
  #saved: number;
  #wanted: number;
  #writing: Promise<void> | undefined;

  constructor(private readonly file: string) {
    this.#saved = this.#wanted = read(file);
  }

  get value(): number {
    return this.#saved;
  }

  /** Written soon; what is set meanwhile goes into one write. */
  set(cursor: number): void {
    if (cursor <= this.#wanted) return;
    this.#wanted = cursor;
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  async flush(): Promise<void> {
    await this.#writing;
  }

  /** A full disk: the next one writes it. Until then a new shimd would tell some events again. */
  async #write(): Promise<void> {
    while (this.#saved < this.#wanted) {
      const cursor = this.#wanted;
      await writeFile(`${this.file}.new`, String(cursor), { mode: 0o600 })
        .then(() => rename(`${this.file}.new`, this.file))
        .catch(() => undefined);
      this.#saved = cursor;
    }
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
