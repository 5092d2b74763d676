import { native, type NativeMover } from '@holdfast/native';
import type { MovedRecords, RecordPipe } from '../plugin/file-lane.js';
import type { StreamName } from '../plugin/log-batch.js';

/** A longer record does not fit into what a lane looks at. */
const MOST_RECORD = 128 << 10;

/** Lets a driver move records; undefined if it can't now. */
export type MoveRecords = (pipe: RecordPipe) => Promise<MovedRecords | undefined> | undefined;

export interface PipeMoverOptions {
  readonly fd: number;
  readonly stream: StreamName;
  readonly maxRecord: number;
  readonly move: MoveRecords;
}

/** Lets records go from the pipe to a log without passing through here. */
export class PipeMover {
  #mover: NativeMover | undefined;
  #running = false;

  constructor(private readonly options: PipeMoverOptions) {}

  /** Somebody else reads the pipe now. */
  get running(): boolean {
    return this.#running;
  }

  /** Undefined: not now. */
  run(): Promise<MovedRecords | undefined> | undefined {
    const { fd, stream, maxRecord, move } = this.options;
    if (maxRecord > MOST_RECORD) return undefined;
    this.#mover ??= new native.Mover(fd, stream, maxRecord);
    // A stop that comes before the driver has handed it to its lane must hold.
    this.#mover.allow();
    const moving = move(this.#mover);
    if (moving === undefined) return undefined;
    this.#running = true;
    return this.#outcome(moving);
  }

  async #outcome(moving: Promise<MovedRecords | undefined>): Promise<MovedRecords | undefined> {
    let moved: MovedRecords | undefined;
    try {
      moved = await moving;
      return moved;
    } finally {
      // A driver that did not answer may have it still: it is for no further use.
      if (moved === undefined) this.close();
      this.#running = false;
    }
  }

  /** What has not been looked at when this returns stays in the pipe. */
  stop(): void {
    if (this.#running) this.#mover?.stop(false);
  }

  close(): void {
    this.#mover?.close();
    this.#mover = undefined;
    this.#running = false;
  }
}
