/** Of a terminal, in characters, each from 0 to 65535. */
export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

/** How a process that is started gets a terminal. */
export interface TerminalOptions {
  /** Left out: as the spec's `process.terminal` says. */
  readonly terminal?: boolean;
  /** At the beginning; left out: the spec's `process.consoleSize`, or 0 by 0. */
  readonly terminalSize?: TerminalSize;
}

/** Body of `POST …/resize`. */
export interface ResizeRequest extends TerminalSize {
  readonly requestId: string;
}
