import { constants } from 'node:fs';
import { join } from 'node:path';
import type { FileLane } from '../../plugin/file-lane.js';
import { decodeFrame, FRAME_HEADER, frameLength } from './frame.js';
import { Segment } from './segment.js';
import { listSegments, makeSpillDirectory, removeSpillDirectory } from './spill-directory.js';
import type { DroppedSegments, SpillCursor } from '../pending/driver-account.js';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;
const READ_BYTES = 256 << 10;

/** Whole frames of a segment that lie behind each other, and where they begin. */
export interface Frames {
  readonly bytes: Buffer;
  readonly at: number;
}

/** The files of a queue's spilled batches. All work is done in the lane of their disk. */
export class SegmentFiles {
  readonly #open = new Map<number, Promise<number>>();

  /** `instance`: of the container; another one's may lie there too. */
  constructor(
    private readonly directory: string,
    private readonly instance: string,
    private readonly lane: FileLane,
  ) {}

  /** What an earlier shimd left and has not delivered; the torn end of a file is cut off. */
  async recover(cursor: SpillCursor, dropped: DroppedSegments): Promise<Segment[]> {
    const found: Segment[] = [];
    for (const number of await listSegments(this.directory, this.instance, this.lane)) {
      if (number < cursor.segment || (number >= dropped.from && number <= dropped.to)) {
        await this.remove(number);
        continue;
      }
      const segment = await this.#scan(number, cursor);
      if (segment.size === 0 || (number === cursor.segment && segment.size <= cursor.offset)) await this.remove(number);
      else found.push(segment);
    }
    return found;
  }

  /** Adds a frame at the end, which is `size`; on failure nothing of it stays. */
  async append(segment: Segment, frame: Buffer): Promise<void> {
    if (segment.size === 0 && !this.#open.has(segment.number)) await makeSpillDirectory(this.directory, this.lane);
    const fd = await this.#descriptor(segment.number, segment.size === 0 ? O_CREAT | O_EXCL : 0);
    try {
      await this.lane.write(fd, frame);
    } catch (error) {
      await this.lane.truncate(fd, segment.size).catch(() => undefined);
      throw error;
    }
  }

  /** Frames from `at` on: at least one whole one, if there is one. */
  async read(number: number, at: number): Promise<Frames> {
    const fd = await this.#descriptor(number, 0);
    const some = await this.#read(fd, at, READ_BYTES);
    if (some.length < FRAME_HEADER) return { bytes: some, at };
    const wanted = frameLength(some, 0);
    return { bytes: wanted <= some.length ? some : await this.#read(fd, at, wanted), at };
  }

  async remove(number: number): Promise<void> {
    await this.#close(number);
    await this.lane.unlink(this.#path(number)).catch(() => undefined);
  }

  /** `removed`: all segments are. */
  async close(removed: boolean): Promise<void> {
    await Promise.all([...this.#open.keys()].map((number) => this.#close(number)));
    if (removed) await removeSpillDirectory(this.directory, this.lane);
  }

  async #scan(number: number, cursor: SpillCursor): Promise<Segment> {
    const segment = new Segment(number);
    segment.sealed = true;
    for (;;) {
      const { bytes } = await this.read(number, segment.size);
      let at = 0;
      for (let frame = decodeFrame(bytes, 0); typeof frame === 'object'; frame = decodeFrame(bytes, at)) {
        const start = segment.size;
        segment.size += frame.length;
        at += frame.length;
        const behind = number > cursor.segment || start > cursor.offset;
        if (behind) segment.add(frame.batch);
        else if (start === cursor.offset) segment.add(frame.batch, Math.min(cursor.records, frame.batch.count));
      }
      if (at === 0) break;
    }
    const fd = await this.#descriptor(number, 0);
    if ((await this.lane.size(fd)) > segment.size) await this.lane.truncate(fd, segment.size);
    return segment;
  }

  async #read(fd: number, at: number, length: number): Promise<Buffer> {
    const room = Buffer.allocUnsafeSlow(length);
    return room.subarray(0, await this.lane.read(fd, room, at));
  }

  #descriptor(number: number, flags: number): Promise<number> {
    let fd = this.#open.get(number);
    if (fd === undefined) {
      fd = this.lane.open(this.#path(number), O_RDWR | O_APPEND | O_NOFOLLOW | flags, 0o600);
      this.#open.set(number, fd);
      fd.catch(() => this.#open.delete(number));
    }
    return fd;
  }

  async #close(number: number): Promise<void> {
    const opened = this.#open.get(number);
    this.#open.delete(number);
    const fd = await opened?.catch(() => undefined);
    if (fd !== undefined) await this.lane.close(fd).catch(() => undefined);
  }

  #path(number: number): string {
    return join(this.directory, `${this.instance}.${number}`);
  }
}
