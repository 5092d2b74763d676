import { constants } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textBatch } from '@holdfast/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBelow, TestLog } from './support/test-log.js';

const NEVER = new AbortController().signal;

describe('a driver that got nothing', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'holdfast-log-file-'));
  });
  afterEach(async () => {
    const left = await openBelow(directory);
    await rm(directory, { recursive: true });
    expect(left).toEqual([]);
  });
  const at = (name: string): string => join(directory, name);

  it('takes back the file and the directories that it made, when the container never was', async () => {
    await mkdir(at('there'));
    const log = await TestLog.make({ path: at('there/a/b/c.log') }, { directory });
    await log.driver.close('deleted', NEVER);
    expect(await readdir(directory)).toEqual(['there']);
    expect(await readdir(at('there'))).toEqual([]);
  });

  it('takes back the directories when the log cannot be opened', async () => {
    await symlink('nowhere', at('link.log'));
    await expect(TestLog.make({ path: at('link.log') }, { directory })).rejects.toMatchObject({
      code: 'SHIM_LOG_OPEN',
    });
    const log = await TestLog.make({ path: at('a/b/c.log') }, { directory, open: false });
    const { open } = log.lane;
    log.lane.open = (path, flags, mode) => {
      const isNewLog = path === log.path && (flags & constants.O_CREAT) !== 0;
      return isNewLog ? Promise.reject(new Error('no space for it')) : open(path, flags, mode);
    };
    await expect(log.driver.open(NEVER)).rejects.toMatchObject({
      code: 'SHIM_LOG_OPEN',
      message: expect.stringContaining('no space for it') as string,
    });
    expect(await readdir(directory)).toEqual(['link.log']);
  });

  it('leaves what others have put there, and a file that was there', async () => {
    const log = await TestLog.make({ path: at('a/b/c.log') }, { directory });
    await writeFile(at('a/theirs'), '');
    await log.driver.close('deleted', NEVER);
    expect(await readdir(directory)).toEqual(['a']);
    expect(await readdir(at('a'))).toEqual(['theirs']);
    await writeFile(at('there.log'), '');
    const other = await TestLog.make({ path: at('there.log') }, { directory });
    await other.driver.close('deleted', NEVER);
    expect((await readdir(directory)).sort()).toEqual(['a', 'there.log']);
  });

  it.each(['drained', 'restart'] as const)('leaves the file when the log is closed: %s', async (reason) => {
    const log = await TestLog.make({ path: at('a/b.log') }, { directory });
    await log.driver.close(reason, NEVER);
    expect(await readdir(at('a'))).toContain('b.log');
  });

  it('leaves the records of one that got some', async () => {
    const log = await TestLog.make({ path: at('a/b.log') }, { directory });
    await log.driver.write(textBatch(['one\n']));
    await log.driver.close('deleted', NEVER);
    expect(await readdir(at('a'))).toEqual(['b.log']);
  });
});
