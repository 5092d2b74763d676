import type { TerminalSize } from '@holdfast/core/client';

/** The terminal that this process was started on. */
export interface OwnTerminal {
  /** Undefined if output goes elsewhere. */
  size(): TerminalSize | undefined;
  /** From now on keys arrive as bytes and output is shown as it is. The returned function puts back what was; it may be called again. */
  makeRaw(): () => void;
  /** Stops this process as ctrl-Z would; returns when it is continued. */
  stop(): void;
}

/** The real one. What is needed of the addon is loaded here, since most commands need none of it. */
export async function openOwnTerminal(isTTY: {
  readonly stdin: boolean;
  readonly stdout: boolean;
}): Promise<OwnTerminal> {
  const { native } = await import('@holdfast/native');
  return {
    size: () => (isTTY.stdout ? native.terminalSize(1) : isTTY.stdin ? native.terminalSize(0) : undefined),
    makeRaw: () => {
      const before = native.makeTerminalRaw(0);
      const restore = (): void => {
        process.off('exit', restore);
        try {
          native.restoreTerminal(0, before);
        } catch {
          // The terminal has gone.
        }
      };
      // However this process ends by itself.
      process.on('exit', restore);
      return restore;
    },
    stop: () => process.kill(process.pid, 'SIGSTOP'),
  };
}
