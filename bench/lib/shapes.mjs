import { closeSync, openSync, writeSync } from 'node:fs';

const BLOCK_BYTES = 1 << 20;

/** Lines of several kinds. `growth`: bytes of a CRI file for each byte of them. */
export const SHAPES = [
  { name: '100 B', line: `${'x'.repeat(99)}\n`, growth: 1.4 },
  { name: '1 KB', line: `${'x'.repeat(1023)}\n`, growth: 1.04 },
  { name: '16 KB', line: `${'x'.repeat(16_383)}\n`, growth: 1 },
  { name: 'one endless line', line: 'x'.repeat(BLOCK_BYTES), growth: 1 },
  { name: 'blank', line: '\n', growth: 41 },
];

/** Makes a file of at least so many bytes of such lines. */
export function writeShape(path, { line }, bytes) {
  const block = Buffer.from(line.repeat(Math.ceil(BLOCK_BYTES / line.length)));
  const fd = openSync(path, 'w');
  for (let written = 0; written < bytes; written += block.length) writeSync(fd, block);
  closeSync(fd);
}
