import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textBatch } from '@holdfast/testkit';
import { openBelow, TestLog } from './support/test-log.js';
import { mountTmpfs } from './support/tmpfs.js';

const run = promisify(execFile);

describe('open', () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'holdfast-log-file-'));
    path = join(directory, 'container.log');
  });
  afterEach(async () => {
    const left = await openBelow(directory);
    await rm(directory, { recursive: true });
    expect(left).toEqual([]);
  });

  async function modeOf(file: string): Promise<number> {
    return (await stat(file)).mode & 0o7777;
  }

  async function expectRefusal(logPath: string, why: RegExp): Promise<void> {
    await expect(TestLog.make({ path: logPath }, { directory })).rejects.toMatchObject({
      code: 'SHIM_LOG_OPEN',
      where: logPath,
      message: expect.stringMatching(why) as string,
    });
  }

  it('makes the directories above the log, for root and its group alone', async () => {
    const log = await TestLog.make({ path: join(directory, 'ns/id/a.log') }, { directory });
    expect(await modeOf(join(directory, 'ns'))).toBe(0o750);
    expect(await modeOf(join(directory, 'ns/id'))).toBe(0o750);
    expect(await modeOf(log.path)).toBe(0o640);
    await log.driver.close('drained', AbortSignal.abort());
  });

  it.each(['0600', '0640', '0660', '666', '0777'])(
    'gives new files the mode %s, whatever the umask is',
    async (mode) => {
      const log = await TestLog.make({ mode, maxSize: 60 }, { directory });
      await log.driver.write(textBatch(['first, which fills the file\n', 'second\n']));
      expect(await modeOf(log.path)).toBe(Number.parseInt(mode, 8));
      expect(await modeOf(`${log.path}.1`)).toBe(Number.parseInt(mode, 8));
      await log.driver.close('drained', AbortSignal.abort());
    },
  );

  it('leaves the mode of a file that is there', async () => {
    await writeFile(path, '', { mode: 0o600 });
    const log = await TestLog.make({}, { directory });
    expect(await modeOf(path)).toBe(0o600);
    await log.driver.close('drained', AbortSignal.abort());
  });

  it('refuses a symbolic link, also one that leads nowhere', async () => {
    await writeFile(join(directory, 'target'), 'precious');
    await symlink('target', path);
    await expectRefusal(path, /container\.log: it is a symbolic link/);
    await symlink('nowhere', join(directory, 'dangling'));
    await expectRefusal(join(directory, 'dangling'), /dangling: it is a symbolic link/);
    expect((await stat(join(directory, 'target'))).size).toBe('precious'.length);
  });

  it('refuses what is no regular file, and does not wait for a reader of a FIFO', async () => {
    await run('mkfifo', [path]);
    await expectRefusal(path, /not a regular file/);
    await mkdir(join(directory, 'dir'));
    await expectRefusal(join(directory, 'dir'), /EISDIR/);
  });

  it('names the path if something on the way is no directory', async () => {
    await writeFile(join(directory, 'file'), '');
    await expectRefusal(join(directory, 'file/a.log'), /file\/a\.log.*ENOTDIR/);
  });

  it('names the path on a file system that is read-only', async () => {
    const mount = await mountTmpfs('ro,size=64k');
    try {
      await expectRefusal(join(mount.directory, 'ns/a.log'), /ns\/a\.log.*EROFS/);
    } finally {
      await mount.unmount();
    }
  });

  it('names the path if permission is missing', async () => {
    await mkdir(join(directory, 'closed'), { mode: 0o700 });
    process.seteuid?.(65534);
    try {
      await expectRefusal(join(directory, 'closed/a.log'), /closed\/a\.log.*EACCES/);
    } finally {
      process.seteuid?.(0);
    }
  });

  it('gives the descriptor back if it is aborted', async () => {
    const log = await TestLog.make({}, { directory, open: false });
    const controller = new AbortController();
    const opening = log.driver.open(controller.signal);
    controller.abort();
    await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('that was given up and is tried again does not close what the second try opened', async () => {
    const log = await TestLog.make({}, { directory, open: false });
    let thaw: () => void = () => undefined;
    log.lane.hold(new Promise<void>((resolve) => (thaw = resolve)));
    const controller = new AbortController();
    const givenUp = log.driver.open(controller.signal);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    const again = log.driver.open(new AbortController().signal);
    thaw();
    await expect(givenUp).rejects.toMatchObject({ name: 'AbortError' });
    await again;
    await log.driver.write(textBatch(['one\n']));
    expect(await log.readTexts()).toEqual(['one']);
    await log.driver.close('drained', AbortSignal.abort());
  });

  describe('of a log that is there', () => {
    const whole = '2025-01-02T03:04:05.000000006Z stdout F one\n';

    async function reopened(contents: string, format: 'cri' | 'raw'): Promise<TestLog> {
      await writeFile(path, contents);
      const log = await TestLog.make({ format }, { directory });
      await log.driver.write(textBatch(['two\n']));
      await log.driver.close('drained', AbortSignal.abort());
      return log;
    }

    it('goes on behind its last record', async () => {
      const log = await reopened(whole, 'cri');
      expect(await log.readTexts()).toEqual(['one', 'two']);
      expect(log.warnings).toEqual([]);
    });

    it('cuts off a torn record and says so', async () => {
      const log = await reopened(`${whole}2025-01-02T03:04:05.000000006Z stdout F to`, 'cri');
      expect(await log.contents()).toBe(`${whole}${whole.replace('one', 'two')}`);
      expect(log.warnings).toEqual([{ path, records: 1, bytes: 42 }]);
    });

    it('begins a new line if the end is no record at all', async () => {
      const log = await reopened(`${whole}${'x'.repeat(17 << 20)}`, 'cri');
      expect((await log.readTexts({ tail: 1 })).join()).toBe('two');
      expect(log.warnings).toEqual([{ path }]);
    });

    it('leaves a raw log as it is', async () => {
      const log = await reopened('one\nto', 'raw');
      expect(await log.contents()).toBe('one\ntotwo\n');
    });
  });
});
