import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endOfLastLine } from '../../src/write/last-line.js';
import { NodeLane } from '@holdfast/testkit';

describe('endOfLastLine', () => {
  let directory: string;
  beforeAll(async () => void (directory = await mkdtemp(join(tmpdir(), 'holdfast-log-file-'))));
  afterAll(() => rm(directory, { recursive: true }));

  async function endOf(contents: Buffer | string): Promise<number | undefined> {
    const path = join(directory, 'file');
    await writeFile(path, contents);
    const handle = await open(path);
    try {
      return await endOfLastLine(new NodeLane(), handle.fd, (await handle.stat()).size);
    } finally {
      await handle.close();
    }
  }

  it.each([
    ['', 0],
    ['torn', 0],
    ['\n', 1],
    ['one\n', 4],
    ['one\ntorn', 4],
    ['one\n\ntorn', 5],
  ])('of %j is %d', async (contents, end) => {
    expect(await endOf(contents)).toBe(end);
  });

  it('is found far from the end of the file', async () => {
    expect(await endOf(`one\n${'x'.repeat(300_000)}`)).toBe(4);
    expect(await endOf(`${'x'.repeat(65_535)}\n${'x'.repeat(65_536)}`)).toBe(65_536);
  });

  it('is not looked for in the whole of a large file', async () => {
    expect(await endOf(Buffer.concat([Buffer.from('one\n'), Buffer.alloc(17 << 20, 'x')]))).toBeUndefined();
  });
});
