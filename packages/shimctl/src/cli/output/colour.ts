import type { CliEnvironment } from '../environment.js';

/** Paints text, or leaves it as it is. */
export interface Colours {
  error(text: string): string;
  heading(text: string): string;
  faint(text: string): string;
}

const plain = (text: string): string => text;
export const PLAIN: Colours = { error: plain, heading: plain, faint: plain };
const ANSI: Colours = {
  error: (text) => `\u001b[1;31m${text}\u001b[0m`,
  heading: (text) => `\u001b[1m${text}\u001b[0m`,
  faint: (text) => `\u001b[2m${text}\u001b[0m`,
};

/** Colours for one of the streams: only on a terminal, never with NO_COLOR (https://no-color.org) or TERM=dumb. */
export function coloursFor(environment: Pick<CliEnvironment, 'isTTY' | 'env'>, stream: 'stdout' | 'stderr'): Colours {
  const { NO_COLOR, TERM } = environment.env;
  const refused = (NO_COLOR !== undefined && NO_COLOR !== '') || TERM === 'dumb';
  return environment.isTTY[stream] && !refused ? ANSI : PLAIN;
}
