import { constants } from 'node:fs';
import type { FileLane, PluginLogger } from '@holdfast/core/plugin';
import { ORIGIN_HEADER_SIZE, originOf } from '../compression/header.js';
import { rotatedName } from '../rotated-name.js';
import { suffixesOf } from './rotate.js';

const PROBE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Which rotated files a {@link Retention} keeps. */
export interface RetentionPlace {
  readonly lane: FileLane;
  readonly path: string;
  readonly maxFiles: number;
  /** Nanoseconds; undefined: no limit. */
  readonly maxAge: bigint | undefined;
  /** Bytes of all rotated files; undefined: no limit. */
  readonly maxRotated: number | undefined;
  readonly logger: PluginLogger;
  /** Called when the `n`th youngest file has been removed. */
  readonly removed: (n: number) => void;
}

/** A rotated file. */
interface Found {
  readonly n: number;
  readonly name: string;
  readonly size: number;
  /** When its last record was written. */
  readonly modifiedNs: bigint;
}

/** Removes rotated files that are too old, or too many bytes. */
export class Retention {
  constructor(private readonly place: RetentionPlace) {}

  /** Called while no other names change. Never rejects: what cannot be removed now is looked at again. */
  async prune(): Promise<void> {
    const { lane, path, logger, removed } = this.place;
    try {
      const now = BigInt(Date.now()) * 1_000_000n;
      for (const { n, name } of this.excess(await this.find(), now)) {
        await lane.unlink(name);
        removed(n);
      }
    } catch (error) {
      logger.warn({ path, err: error }, 'rotated log files that are too old or too many could not be removed');
    }
  }

  /** The oldest first. */
  private excess(files: readonly Found[], now: bigint): Found[] {
    const { maxAge, maxRotated = Infinity } = this.place;
    let bytes = 0;
    return files
      .filter(({ size, modifiedNs }) => {
        bytes += size;
        return bytes > maxRotated || (maxAge !== undefined && now - modifiedNs > maxAge);
      })
      .reverse();
  }

  /** The youngest first. */
  private async find(): Promise<Found[]> {
    const { lane, path, maxFiles } = this.place;
    const files: Found[] = [];
    for (let n = 1; n < maxFiles; n++)
      for (const suffix of await suffixesOf(lane, path, n)) {
        const name = rotatedName(path, n, suffix);
        const facts = await this.look(name, suffix !== '');
        if (facts !== undefined) files.push({ n, name, ...facts });
      }
    return files;
  }

  /** Undefined: it is no file. */
  private async look(name: string, compressed: boolean): Promise<Pick<Found, 'size' | 'modifiedNs'> | undefined> {
    const { lane } = this.place;
    const fd = await lane.open(name, PROBE, 0);
    try {
      const { isFile, size, mtimeNs } = await lane.stat(fd);
      if (!isFile) return undefined;
      const header = Buffer.alloc(ORIGIN_HEADER_SIZE);
      const length = compressed ? await lane.read(fd, header, 0) : 0;
      return { size, modifiedNs: originOf(header.subarray(0, length))?.mtimeNs ?? mtimeNs };
    } finally {
      await lane.close(fd);
    }
  }
}
