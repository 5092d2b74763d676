/** Of one text that a plugin may have made as long as it likes. */
const LONGEST = 8 << 10;

/** The beginning of `text`, and how much more there is. */
export function boundedText(text: string, longest = LONGEST): string {
  const size = Buffer.byteLength(text);
  if (size <= longest) return text;
  // A character takes at least a byte.
  const bytes = Buffer.from(text.slice(0, longest));
  // Whole characters: the bytes of one that was cut are replaced by one that takes three.
  const head = bytes
    .subarray(0, longest)
    .toString()
    .replace(/\uFFFD+$/, '');
  return `${head}… ${size - Buffer.byteLength(head)} bytes more`;
}
