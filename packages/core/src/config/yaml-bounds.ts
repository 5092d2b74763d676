import { CST, Lexer } from 'yaml';
import { MAX_DEPTH } from './max-depth.js';
import type { Fail } from './syntax-error.js';

const MAX_CHARACTERS = 256 * 1024;
/** Words and signs: about 5000 lines. The parser keeps an object with a list of errors for each. */
const MAX_TOKENS = 20_000;

/**
 * Calls `fail` for a text that the parser could not get through in a moment: too long, or nested deeper than its recursion
 * bears. Directives are refused here too, since `%YAML 1.1` would change what words mean.
 */
export function checkYamlBounds(text: string, fail: Fail): void {
  if (text.length > MAX_CHARACTERS) fail(MAX_CHARACTERS, `a YAML config has at most ${MAX_CHARACTERS} characters`);
  const depth = new DepthGauge();
  let offset = 0;
  let tokens = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const type = CST.tokenType(lexeme);
    if (++tokens > MAX_TOKENS) fail(offset, `a YAML config has at most ${MAX_TOKENS} words and signs`);
    if (type === 'directive-line') fail(offset, 'directives are not allowed');
    if (depth.add(type, lexeme.length) > MAX_DEPTH) fail(offset, `nested more than ${MAX_DEPTH} levels deep`);
    // Marks of the lexer's own, which the text does not have.
    if (type !== 'doc-mode' && type !== 'flow-error-end' && type !== 'scalar') offset += lexeme.length;
  }
}

/** Each may open a level of its own on one line: `- - - a`. */
const SIGNS = new Set<unknown>(['seq-item-ind', 'explicit-key-ind', 'map-value-ind']);

/** An upper bound of the levels that are open: brackets, lines each further in than the one before, and signs on this line. */
class DepthGauge {
  #brackets = 0;
  #signs = 0;
  #indents: number[] = [];
  #lineStart = true;
  #afterMark = false;

  /** Takes the next token, returns the depth with it. */
  add(type: ReturnType<typeof CST.tokenType>, length: number): number {
    // What follows the mark is the text of a scalar, whatever it looks like.
    if (this.#afterMark) this.#afterMark = false;
    else if (type === 'scalar') this.#afterMark = true;
    else if (type === 'newline') [this.#lineStart, this.#signs] = [true, 0];
    else if (type === 'flow-seq-start' || type === 'flow-map-start') this.#brackets++;
    else if (type === 'flow-seq-end' || type === 'flow-map-end') this.#brackets = Math.max(0, this.#brackets - 1);
    else if (this.#brackets === 0 && SIGNS.has(type)) this.#signs++;
    if (this.#lineStart && type !== 'newline' && type !== 'doc-mode') this.#startLine(type === 'space' ? length : 0);
    return this.#brackets + this.#signs + this.#indents.length;
  }

  #startLine(indent: number): void {
    this.#lineStart = false;
    if (this.#brackets > 0) return;
    while ((this.#indents.at(-1) ?? -1) >= indent) this.#indents.pop();
    this.#indents.push(indent);
  }
}
