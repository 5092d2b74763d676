/**
 * Where a process's stdio goes besides the log drivers, by whoever asked for it: containerd, say. Each is the path of a FIFO that the asker has
 * made, or `fifo://PATH`; the outputs also `file://PATH` (appended to, with its directories made) or
 * `binary://PROGRAM?key=value` and `binary-v2://…` (a program that gets stdout as descriptor 3, stderr as 4 and says on 5 that it is ready).
 * What is left out is not attached: no stdin, an output that only log drivers get.
 *
 * Bytes go on as they came, each once and in order, over a SIGKILL of shimd too. A FIFO that somebody reads slowly holds the process up, as a pipe does.
 * One without a reader does so for {@link NO_READER_MS}; what comes after that is dropped and counted, until a reader comes.
 */
export interface ForwardedStdio {
  readonly stdin?: string;
  readonly stdout?: string;
  /** Nothing comes here from a terminal. */
  readonly stderr?: string;
  /** The whole environment of a `binary://` program; CONTAINER_ID and CONTAINER_NAMESPACE, as the asker calls them. */
  readonly loggerEnvironment?: Readonly<Record<string, string>>;
}

/** Milliseconds that a process waits for a reader of the FIFO that it has filled. */
export const NO_READER_MS = 10_000;
