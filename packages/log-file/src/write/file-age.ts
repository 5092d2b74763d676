import type { FileLane } from '@holdfast/core/plugin';
import { FIRST_CHUNK, firstRecordTime } from '../first-record.js';
import type { RecordDecoder } from '../read/decoder.js';

/** Knows when the first record of the current file was written. */
export class FileAge {
  private first: bigint | undefined;
  private latest: bigint | undefined;

  /** `maxAge`: nanoseconds. */
  constructor(
    private readonly maxAge: bigint,
    private readonly newDecoder: () => RecordDecoder,
  ) {}

  /** A file that is there was opened. One that tells no time is taken for as old as its last change. */
  async look(lane: FileLane, fd: number): Promise<void> {
    const chunk = Buffer.allocUnsafe(FIRST_CHUNK);
    const length = await lane.read(fd, chunk, 0);
    const time = firstRecordTime(chunk.subarray(0, length), this.newDecoder());
    this.first = time ?? (await lane.stat(fd)).mtimeNs;
  }

  /** Records go to an empty file from now on, first those of the current batch. */
  restart(): void {
    this.first = this.latest;
  }

  /** A batch of the time `time` is to be written. True if what is in the file is too old to have it in there too. */
  isOver(time: bigint): boolean {
    this.latest = time;
    this.first ??= time;
    return time - this.first > this.maxAge;
  }
}
