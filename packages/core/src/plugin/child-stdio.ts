/**
 * The descriptors a new process gets as 0, 1, 2 and on, made and closed by the host.
 * A plugin hands the object on to {@link CommandRunner.run} as it is.
 */
export interface ChildStdio {
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
  /** Further ones, which the container's process gets as 3, 4, …; only for a runtime with `passesDescriptors`. */
  readonly descriptors?: readonly number[];
  /** Names the operation, so that a shimd that was killed meanwhile finds the running command again. */
  readonly owner: string;
}
