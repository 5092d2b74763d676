import type { CliEnvironment } from '../environment.js';
import type { Output } from '../output/output.js';

const CLEAR = '\u001b[2J\u001b[H';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** Shows one text after the other: in its place on a terminal, below it elsewhere. */
export class Screen {
  readonly #terminal: boolean;
  #begun = false;

  constructor(
    private readonly output: Output,
    { isTTY, env }: Pick<CliEnvironment, 'isTTY' | 'env'>,
  ) {
    this.#terminal = isTTY.stdout && env['TERM'] !== 'dumb';
  }

  async show(text: string): Promise<void> {
    const start = this.#begun ? HOME : CLEAR;
    this.#begun = true;
    if (!this.#terminal) return this.output.write(text);
    // Overwritten in place: a screen that is cleared first flickers.
    return this.output.write(`${start}${text.replaceAll('\n', `${CLEAR_LINE}\n`)}${CLEAR_BELOW}`);
  }
}
