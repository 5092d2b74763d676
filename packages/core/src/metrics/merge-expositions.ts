interface Family {
  readonly head: string[];
  readonly samples: string[];
}

const HEAD = /^# (?:HELP|TYPE) ([a-zA-Z_:][\w:]*) /;

/**
 * One text of the texts of several shims, in which each family stands once. Shims of different versions may tell different families;
 * what the first says of one counts.
 */
export function mergeExpositions(texts: readonly string[]): string {
  const families = new Map<string, Family>();
  for (const text of texts) addText(families, text);
  return [...families.values()]
    .flatMap(({ head, samples }) => [...head, ...samples].map((line) => `${line}\n`))
    .join('');
}

function addText(families: Map<string, Family>, text: string): void {
  const known = new Set(families.keys());
  let current: Family | undefined;
  for (const line of text.split('\n')) {
    const name = HEAD.exec(line)?.[1];
    if (name === undefined) {
      if (line !== '' && !line.startsWith('#')) current?.samples.push(line);
      continue;
    }
    current = families.get(name);
    if (current === undefined) families.set(name, (current = { head: [], samples: [] }));
    if (!known.has(name)) current.head.push(line);
  }
}
