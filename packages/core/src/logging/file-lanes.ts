import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { native, type NativeLane } from '@holdfast/native';
import type { FileLane } from '../plugin/file-lane.js';

/** The lanes of shimd: a thread for each device that holds logs. */
export class FileLanes {
  readonly #byDevice = new Map<number, NativeLane>();

  /** The lane of the device that holds `path` or its nearest existing ancestor. */
  forPath(path: string): FileLane {
    const device = deviceOf(path);
    let lane = this.#byDevice.get(device);
    if (lane === undefined) {
      lane = new native.Lane();
      this.#byDevice.set(device, lane);
    }
    return lane;
  }

  close(): void {
    for (const lane of this.#byDevice.values()) lane.stop();
    this.#byDevice.clear();
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
