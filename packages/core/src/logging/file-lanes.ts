import { readFileSync } from 'node:fs';
import { native, type NativeLane } from '@holdfast/native';
import { mountedDevice } from '../files/mounted-device.js';
import type { FileLane } from '../plugin/file-lane.js';

/** The lanes of shimd: a thread for each device that holds logs, and another one for long work on it. */
export class FileLanes {
  readonly #lanes = new Map<string, NativeLane>();

  /** The lane of the device that is mounted where `path` is. A link on the way leads to no other lane. */
  forPath(path: string, use: 'records' | 'background' = 'records'): FileLane {
    const key = `${mountedDevice(path, readFileSync('/proc/self/mountinfo', 'utf8'))} ${use}`;
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
