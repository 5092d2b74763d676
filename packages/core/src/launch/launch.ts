/** A command line that a launcher has handed over; see docs/launcher.md. */
export interface Launch {
  /**
   * The same for one that comes again because the shimd that served it died or left: nothing may be done twice. The handler prints
   * the same again; the launcher drops what it has printed already.
   */
  readonly requestId: string;
  /** Which front end: the name that the launcher was built or called for. */
  readonly kind: string;
  readonly argv: readonly string[];
  /** What of its environment matters. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly cwd: string;
  readonly umask: number;
  /** What was on its stdin, to the end; empty if it was a terminal. At most 1 MiB. */
  readonly input: Buffer;
  /** Of the launcher. */
  readonly pid: number;
  /** Aborts when the launcher has gone. */
  readonly signal: AbortSignal;
  /** Resolve when the launcher has been sent it. Rejects if it has gone. */
  stdout(bytes: Uint8Array): Promise<void>;
  stderr(bytes: Uint8Array): Promise<void>;
}

/** Resolves to the exit code, 0 to 255. What it throws is printed to stderr, with the code of its kind. */
export type LaunchHandler = (launch: Launch) => Promise<number>;
