import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { native, type NativeLane } from '@holdfast/native';
import type { FileLane } from '../plugin/file-lane.js';

/** The lanes of shimd: a thread for each device that holds logs, and another one for long work on it. */
export class FileLanes {
  readonly #lanes = new Map<string, NativeLane>();

  /** The lane of the device that holds `path` or its nearest existing ancestor. */
  forPath(path: string, use: 'records' | 'background' = 'records'): FileLane {
    const key = `${deviceOf(path)} ${use}`;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new native.Lane();
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  close(): void {
    for (const lane of this.#lanes.values()) lane.stop();
    this.#lanes.clear();
  }
}

function deviceOf(path: string): number {
  try {
    return statSync(path).dev;
  } catch {
    const parent = dirname(path);
    return parent === path ? 0 : deviceOf(parent);
  }
}
