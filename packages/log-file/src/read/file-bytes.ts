/** The bytes of a log file, whatever way they are kept. */
export interface FileBytes {
  /** Reads up to `length` bytes from the offset `position` on; fewer at the end. */
  read(target: Buffer, length: number, position: number): Promise<number>;
  /** Bytes there are by now. */
  size(): Promise<number>;
  /** What ended reading before the end, once it was met. */
  readonly damage: string | undefined;
  close(): Promise<void>;
}
