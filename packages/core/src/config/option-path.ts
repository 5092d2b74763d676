import type { ConfigPath } from './config-path.js';

const PART = /\.([A-Za-z_$][\w$-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/gy;

/** The path inside the options that a driver's `where` names, such as `options.tag` or `options.keys[0]`; undefined for any other. */
export function optionPath(where: string | undefined): ConfigPath | undefined {
  if (where === undefined || !/^options(?![\w$-])/.test(where)) return undefined;
  const path: (string | number)[] = [];
  PART.lastIndex = 'options'.length;
  for (let match = PART.exec(where); match !== null; match = PART.exec(where)) {
    const [, name, index, quoted] = match;
    path.push(name ?? (index === undefined ? unquote(quoted as string) : Number(index)));
    if (PART.lastIndex === where.length) break;
  }
  return where.length === 'options'.length || PART.lastIndex === where.length ? path : undefined;
}

function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted;
  }
}
