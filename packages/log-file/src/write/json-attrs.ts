import type { LabelChoice } from '../options/settings.js';

/** Of a line that tells of lost records. No label may pass for it. */
export const GAP_ATTR = 'holdfast.gap';

/** Docker's `attrs`: the labels chosen, by name, as Go's encoder writes a map; undefined if there are none. */
export function attrsOf(labels: Readonly<Record<string, string>>, { names, pattern }: LabelChoice): string | undefined {
  const isChosen = (name: string): boolean => names.includes(name) || pattern?.test(name) === true;
  const chosen = Object.keys(labels).filter((name) => isChosen(name) && name !== GAP_ATTR);
  if (chosen.length === 0) return undefined;
  const fields = chosen.sort(byBytes).map((name) => `${goString(name)}:${goString(labels[name]!)}`);
  return `{${fields.join(',')}}`;
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Go writes the short forms that JSON.stringify does, and escapes what could end a script or a line of it. */
function goString(text: string): string {
  const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/[<>&\u2028\u2029]/g, escaped);
}
