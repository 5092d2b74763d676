import type { OpenLine } from '../record/open-line.js';

/** One message to the receiver. */
export interface Chunk {
  readonly id: string;
  /** The stream's line that is open where its records end, once they have been encoded. */
  readonly lineAfter?: OpenLine | undefined;
  /** Its bytes; the same each time. They stay until it is called again or {@link release} is. */
  encode(): Uint8Array | Promise<Uint8Array>;
  /** Nobody reads the bytes any more. */
  release(): void;
}
