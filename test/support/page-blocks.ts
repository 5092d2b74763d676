/** A fenced block of a page. */
export interface PageBlock {
  /** `js`, `json`, `sh`, `text`, … */
  readonly language: string;
  /** What stands behind the language: a file name, or nothing. */
  readonly name: string;
  /** With a newline at its end. */
  readonly text: string;
  /** Of its first line, from 1. */
  readonly line: number;
}

const FENCE = /^```(\S*) ?(.*)\n([^]*?)^```$/gm;

/** The fenced blocks of a Markdown page, in order. */
export function blocksOf(page: string): PageBlock[] {
  return [...page.matchAll(FENCE)].map(({ 1: language = '', 2: name = '', 3: text = '', index }) => ({
    language,
    name: name.trim(),
    text,
    line: page.slice(0, index).split('\n').length,
  }));
}
