import type { TerminalSize } from '@holdfast/core/client';
import type { CliEnvironment } from '../environment.js';
import type { Output } from '../output/output.js';
import type { OwnTerminal } from '../terminal/own-terminal.js';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR = '\u001b[2J\u001b[H';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** True if text can be drawn over on stdout. */
export function isScreen({ isTTY, env }: Pick<CliEnvironment, 'isTTY' | 'env'>): boolean {
  return isTTY.stdout && env['TERM'] !== 'dumb';
}

/** Shows one text after the other in its place on a terminal. */
export class Screen {
  #begun = false;
  #left = false;
  #last = '';

  constructor(
    private readonly output: Output,
    private readonly terminal: Pick<OwnTerminal, 'size'>,
  ) {}

  get size(): TerminalSize {
    const { rows, columns } = this.terminal.size() ?? { rows: 0, columns: 0 };
    // A terminal that was never told its size has none.
    return { rows: rows || 24, columns: columns || 80 };
  }

  /** Lines of plain text; the first is the heading. What has no room is left out, and said. */
  async show(text: string): Promise<void> {
    if (this.#left) return;
    const { rows, columns } = this.size;
    // What was wrapped or cut by another size can't be drawn over.
    const start = this.#begun && this.#last === `${rows}x${columns}` ? HOME : `${HIDE_CURSOR}${CLEAR}`;
    this.#begun = true;
    this.#last = `${rows}x${columns}`;
    const [heading = '', ...lines] = fit(text, { rows, columns });
    const drawn = [this.output.colours.heading(heading), ...lines].map((line) => `${line}${CLEAR_LINE}\n`);
    // Overwritten in place and in one piece: a screen that is cleared first flickers.
    await this.output.write(`${start}${drawn.join('')}${CLEAR_BELOW}`);
  }

  /** Somebody else writes for a while. */
  async pause(): Promise<void> {
    if (this.#begun) await this.output.write(SHOW_CURSOR);
    this.#begun = false;
  }

  /** Nothing is shown any more, and the cursor is. */
  async leave(): Promise<void> {
    this.#left = true;
    await this.pause();
  }
}

/** A line that is wrapped, or one below the last, would move the others. */
function fit(text: string, { rows, columns }: TerminalSize): string[] {
  const lines = text.replace(/\n$/, '').split('\n');
  const room = Math.max(2, rows - 1);
  const shown = lines.length <= room ? lines : [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more`];
  return shown.map((line) => line.slice(0, columns));
}
