import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';

const IMAGE_BYTES = 64 << 20;

/** True where this user can mount an image and freeze what is on it. */
export const CAN_FREEZE = process.geteuid?.() === 0 && existsSync('/dev/loop-control');

/** A disk of its own on which every write can be made to wait, as one that a snapshot is taken of; gone after the test. */
export class FreezableDisk {
  #frozen = false;

  /** Mounted at `path`, which is made. */
  constructor(readonly path: string) {
    const image = `${path}.img`;
    writeFileSync(image, '');
    truncateSync(image, IMAGE_BYTES);
    execFileSync('mkfs.ext4', ['-q', '-F', image]);
    mkdirSync(path);
    execFileSync('mount', ['-o', 'loop', image, path]);
    onTestFinished(() => this.thaw());
  }

  freeze(): void {
    execFileSync('fsfreeze', ['--freeze', this.path]);
    this.#frozen = true;
  }

  thaw(): void {
    if (this.#frozen) execFileSync('fsfreeze', ['--unfreeze', this.path]);
    this.#frozen = false;
  }
}
