/** Visible ASCII alone, as the header's fields want it; `also`: characters that mean something there. Never empty. */
export function printable(text: string, most: number, also = /[^!-~]/gu): string {
  const clean = text
    .replace(/[^!-~]/gu, '_')
    .replace(also, '_')
    .slice(0, most);
  return clean === '' ? '-' : clean;
}
