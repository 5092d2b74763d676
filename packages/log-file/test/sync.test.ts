import { textBatch } from '@holdfast/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { TestLog } from './support/test-log.js';
import { until } from './support/until.js';

const NEVER = new AbortController().signal;
const HEADER = 40;

describe('sync', () => {
  let log: TestLog;
  afterEach(async () => {
    expect(await log.remove()).toEqual([]);
  });

  const write = async (...texts: string[]): Promise<void> => log.driver.write(textBatch(texts));
  /** Syncs of the background lane; the records' own has none. */
  const syncs = (): number => {
    expect(log.lane.calls).not.toContain('sync');
    return log.background.calls.filter((name) => name === 'sync').length;
  };

  it('never: leaves it to the kernel', async () => {
    log = await TestLog.make({ sync: 'never', maxSize: HEADER + 2 });
    await write('1\n', '2\n');
    await log.driver.close('drained', NEVER);
    expect(log.background.calls).toEqual([]);
  });

  it('rotate: syncs a file when it is left, and the names', async () => {
    log = await TestLog.make({ sync: 'rotate', maxSize: HEADER + 2 });
    const opened = syncs();
    await write('1\n');
    expect(syncs()).toBe(opened);
    await write('2\n');
    expect(syncs()).toBe(opened + 2);
    await log.driver.reopen();
    expect(syncs()).toBe(opened + 3);
    await log.driver.close('drained', NEVER);
    expect(syncs()).toBe(opened + 3);
  });

  it('always: a write ends when it is on the disk', async () => {
    log = await TestLog.make({ sync: 'always' });
    const opened = syncs();
    let thaw: () => void = () => undefined;
    log.background.hold(new Promise<void>((resolve) => (thaw = resolve)));
    let written = false;
    const writing = write('1\n').then(() => (written = true));
    await until('it is in the file', async () => (await log.contents()).endsWith(' 1\n'));
    expect(written).toBe(false);
    thaw();
    await writing;
    expect(syncs()).toBe(opened + 1);
    await write('2\n');
    expect(syncs()).toBe(opened + 2);
  });

  it('an interval: syncs once for what was written in it, and not at all if nothing was', async () => {
    log = await TestLog.make({ sync: '20ms' });
    const opened = syncs();
    await write('1\n');
    await write('2\n');
    expect(syncs()).toBe(opened);
    await until('it is synced', () => Promise.resolve(syncs() > opened));
    await log.driver.close('drained', NEVER);
    expect(syncs()).toBe(opened + 1);
  });

  it('an interval: what is left is synced at the end, and no timer stays', async () => {
    log = await TestLog.make({ sync: '1h' });
    const opened = syncs();
    await write('1\n');
    await log.driver.close('drained', NEVER);
    expect(syncs()).toBe(opened + 1);
  });

  it('that fails costs no record and is told once', async () => {
    log = await TestLog.make({ sync: 'always' });
    log.background.broken.add('sync');
    await write('1\n');
    expect(log.warnings).toMatchObject([{ path: log.path, err: { code: 'EIO' } }]);
    await write('2\n');
    expect(await log.readTexts()).toEqual(['1', '2']);
    expect(log.warnings).toHaveLength(1);
  });
});
