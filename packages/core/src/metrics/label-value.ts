/** A plugin chooses its reasons for a loss: one must not make a scrape large. */
const LONGEST = 200;

// C0 but the line feed, which is escaped, DEL, C1, and what changes the direction of text.
// eslint-disable-next-line no-control-regex -- control characters are what this file is about
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

/** The text between the quotes of a label in Prometheus' format. What could steer a terminal is replaced by U+FFFD. */
export function labelValue(text: string): string {
  const bounded = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  return bounded.replace(UNSAFE, '\ufffd').replace(/[\\"\n]/g, (character) => ESCAPES[character] ?? character);
}
