/** Where forwarded output goes to. States are those of `PIPE_STATE`. */
export interface OutputTarget {
  /** Milliseconds that a process waits if nobody reads what is here. */
  readonly patienceMs: number;
  /** Bytes that it may take now, or FULL or UNREAD. */
  room(): number;
  /** Takes at most `most` bytes out of the pipe `source`: how many, or a state. Consumed and delivered, or neither. */
  take(source: number, most: number): number | Promise<number>;
  /** Calls `wake` when there may be room. Returns the function that ends this. */
  watch(wake: () => void): () => void;
  /** Much goes through. */
  widen(): void;
  /** The last byte has been passed on: lets go of it, here and in the keeper. */
  close(): void;
}
