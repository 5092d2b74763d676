import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textBatch } from '@holdfast/testkit';
import { TestLog } from './support/test-log.js';
import { mountTmpfs } from './support/tmpfs.js';

const NEVER = new AbortController().signal;
const BATCH = 50;

describe('on a disk that is full', () => {
  let mount: Awaited<ReturnType<typeof mountTmpfs>>;
  let log: TestLog | undefined;
  beforeEach(async () => void (mount = await mountTmpfs('size=256k')));
  afterEach(async () => {
    await log?.driver.close('deleted', NEVER);
    log = undefined;
    await mount.unmount();
  });

  /** Writes batches until one fails; resolves to what is in the log then and the error. */
  async function fill(target: TestLog): Promise<{ written: string[]; error: unknown }> {
    const written: string[] = [];
    for (let n = 0; ; n++) {
      const lines = Array.from({ length: BATCH }, (_, i) => `batch ${n}, line ${i}, ${'x'.repeat(i * 3)}`);
      try {
        await target.driver.write(textBatch(lines.map((line) => `${line}\n`)));
        written.push(...lines);
      } catch (error) {
        const { lost } = error as { lost: number };
        return { written: [...written, ...lines.slice(0, BATCH - lost)], error };
      }
    }
  }

  it.each(['cri', 'raw'] as const)(
    'a %s log keeps whole records, counts the others, and goes on later',
    async (format) => {
      await writeFile(join(mount.directory, 'filler'), Buffer.alloc(100 << 10));
      log = await TestLog.make({ format, maxSize: -1 }, { directory: mount.directory });
      const { written, error } = await fill(log);
      expect(error).toMatchObject({ code: 'SHIM_LOG_WRITE', where: log.path, cause: { code: 'ENOSPC' } });
      expect((error as { lost: number }).lost).toBeGreaterThan(0);
      expect((error as { lost: number }).lost).toBeLessThanOrEqual(BATCH);
      expect((await log.contents()).endsWith('\n')).toBe(true);
      expect(await log.readTexts()).toEqual(written);

      await unlink(join(mount.directory, 'filler'));
      await log.driver.write(textBatch(['there is space again\n']));
      expect(await log.readTexts()).toEqual([...written, 'there is space again']);
    },
  );

  it('goes on by itself once a small record fits', async () => {
    log = await TestLog.make({ maxSize: -1 }, { directory: mount.directory });
    const { written } = await fill(log);
    const huge = textBatch([`${'x'.repeat(300 << 10)}\n`]);
    await expect(log.driver.write(huge)).rejects.toMatchObject({ lost: 1, cause: { code: 'ENOSPC' } });
    expect(await log.readTexts()).toEqual(written);
  });

  it('says ENOSPC if there is no room for another file', async () => {
    await mount.unmount();
    mount = await mountTmpfs('size=256k,nr_inodes=3');
    log = await TestLog.make({ maxSize: 60 }, { directory: mount.directory });
    const both = textBatch(['fits\n', 'does not fit any more\n']);
    await expect(log.driver.write(both)).rejects.toMatchObject({
      code: 'SHIM_LOG_WRITE',
      lost: 1,
      cause: { code: 'ENOSPC' },
    });
    expect(await log.readTexts()).toEqual(['fits']);
  });
});
