import { execFileSync } from 'node:child_process';
import { textBatch } from '@holdfast/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ext4 } from './support/ext4.js';
import { TestLog } from './support/test-log.js';
import { mountTmpfs } from './support/tmpfs.js';

const NEVER = new AbortController().signal;

describe('a log disk on which the kernel finds an error, so that it is read-only', () => {
  let disk: Ext4;
  let log: TestLog;
  beforeEach(async () => {
    disk = await Ext4.make();
    log = await TestLog.make({}, { directory: disk.directory });
  });
  afterEach(async () => {
    await log.driver.close('drained', NEVER);
    await disk.remove();
  });

  it('costs the records that come meanwhile, which are counted, and logging goes on by itself when it is mounted anew', async () => {
    await log.driver.write(textBatch(['one\n']));
    await disk.fail();
    const two = textBatch(['two\n', 'and\n', 'more\n']);
    await expect(log.driver.write(two)).rejects.toMatchObject({
      code: 'SHIM_LOG_WRITE',
      lost: 3,
      cause: { code: 'EROFS' },
    });
    await expect(log.driver.write(two)).rejects.toMatchObject({
      code: 'SHIM_LOG_WRITE',
      lost: 3,
      cause: { code: 'EROFS' },
    });
    await disk.repair();
    await log.driver.write(textBatch(['three\n']));
    await log.driver.gap({ stream: 'stdout', records: 6, bytes: 30, reason: 'EROFS', from: 1n, to: 2n });
    await log.driver.write(textBatch(['four\n']));
    expect(await log.readTexts()).toEqual(['three', 'gap: EROFS', 'four']);
    expect(log.warnings).toEqual([]);
  });
});

describe('a log disk that is mounted read-only when the log is to be opened', () => {
  it('is refused, and taken when it can be written', async () => {
    const mount = await mountTmpfs('size=256k');
    const log = await TestLog.make({}, { directory: mount.directory, open: false });
    try {
      execFileSync('mount', ['-o', 'remount,ro', mount.directory]);
      await expect(log.driver.open(NEVER)).rejects.toMatchObject({ code: 'SHIM_LOG_OPEN', cause: { code: 'EROFS' } });
      execFileSync('mount', ['-o', 'remount,rw', mount.directory]);
      await log.driver.open(NEVER);
      await log.driver.write(textBatch(['one\n']));
      expect(await log.readTexts()).toEqual(['one']);
    } finally {
      await log.driver.close('drained', NEVER);
      await mount.unmount();
    }
  });
});
