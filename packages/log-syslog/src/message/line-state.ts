import type { StreamName } from '@holdfast/core/plugin';

/** RFC 5424, 7.3.1: from 1, and after this again 1. */
const LAST_SEQUENCE_ID = 2_147_483_647;

/** A line of which pieces were sent and more is to come: which one, and how many pieces. 0 pieces: none is open. */
interface OpenLine {
  readonly number: number;
  readonly pieces: number;
}

const NONE: OpenLine = { number: 0, pieces: 0 };

/** What numbers messages and pieces; can be set back to before messages that were not sent. */
export class LineState {
  private sequenceId = 1;
  private lines = 0;
  private open: Readonly<Record<StreamName, OpenLine>> = { stdout: NONE, stderr: NONE };
  private next: Readonly<Record<StreamName, number>> = { stdout: 0, stderr: 0 };

  copy(): LineState {
    return Object.assign(new LineState(), this);
  }

  /** The number of the next message. */
  takeSequenceId(): number {
    const id = this.sequenceId;
    this.sequenceId = id === LAST_SEQUENCE_ID ? 1 : id + 1;
    return id;
  }

  /** The next record of `stream` has this number: if some are missing the open line has ended. */
  meet(stream: StreamName, sequence: number): void {
    if (sequence !== this.next[stream]) this.end(stream);
  }

  /** Records of `stream` before this number were seen. */
  pass(stream: StreamName, sequence: number): void {
    this.next = { ...this.next, [stream]: sequence };
  }

  isOpen(stream: StreamName): boolean {
    return this.open[stream].pieces > 0;
  }

  /** Counts a piece of the stream's line. */
  addPiece(stream: StreamName): OpenLine {
    const { number, pieces } = this.open[stream];
    const line = { number: pieces === 0 ? ++this.lines : number, pieces: pieces + 1 };
    this.open = { ...this.open, [stream]: line };
    return line;
  }

  end(stream: StreamName): void {
    if (this.isOpen(stream)) this.open = { ...this.open, [stream]: NONE };
  }
}
