import { Readable } from 'node:stream';
import { STREAM_ROOM } from './launch-packets.js';
import type { LaunchStdin } from './streamed-launch.js';

/** What {@link LaunchInput} tells the launcher. */
export interface InputSide {
  /** It may begin to read. */
  begin(): void;
  /** All up to this byte has been taken. */
  taken(offset: number): void;
}

/** The launcher's stdin as it arrives. */
export class LaunchInput extends Readable implements LaunchStdin {
  #begun = false;
  #held = false;
  #received: number;
  #taken: number;
  #over = false;

  /** `offset`: bytes that an earlier shimd has taken. */
  constructor(
    offset: number,
    private readonly side: InputSide,
  ) {
    super();
    this.#received = this.#taken = offset;
  }

  /** False if it makes no sense. */
  arrived(offset: number, bytes: Buffer): boolean {
    if (!this.#begun || this.#over || offset !== this.#received) return false;
    if (this.#received + bytes.length - this.#taken > STREAM_ROOM) return false;
    this.#received += bytes.length;
    this.push(bytes);
    return true;
  }

  /** False if it makes no sense. */
  ended(offset: number): boolean {
    if (!this.#begun || this.#over || offset !== this.#received) return false;
    this.#over = true;
    this.push(null);
    return true;
  }

  hold(): void {
    this.#held = true;
  }

  taken(bytes: number): void {
    this.#tell(this.#taken + bytes);
  }

  takenAll(): void {
    this.#tell(this.#received - this.readableLength);
  }

  override _read(): void {
    if (!this.#begun) {
      this.#begun = true;
      this.side.begin();
    }
    // As long as the launcher still has all of it, another shimd can begin anew.
    if (!this.#held && this.#received - this.#taken > STREAM_ROOM / 2) this.takenAll();
  }

  #tell(offset: number): void {
    const most = Math.min(offset, this.#received);
    if (most <= this.#taken) return;
    this.#taken = most;
    this.side.taken(most);
  }
}
