import { mkdir, mkdtemp, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogDriverHost, textBatch } from '@holdfast/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileOptions } from '../src/options/schema.js';
import plugin from '../src/index.js';
import type { FileLogDriver } from '../src/driver.js';
import { openBelow, TestLog } from './support/test-log.js';

const NEVER = new AbortController().signal;
const DEFAULTS: FileOptions = {
  format: 'cri',
  maxSize: '10m',
  maxFiles: 5,
  compress: false,
  sync: 'never',
  mode: '0640',
};

describe('a log has one writer', () => {
  let directory: string;
  let path: string;
  let host: LogDriverHost;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'holdfast-log-file-'));
    path = join(directory, 'shared.log');
    host = await LogDriverHost.open();
  });
  afterEach(async () => {
    const left = await openBelow(directory);
    await host.close();
    await rm(directory, { recursive: true });
    expect(left).toEqual([]);
  });

  /** With the lanes of shimd. */
  function driver(id: string, options: Partial<FileOptions> = {}): FileLogDriver & { kill(): Promise<void> } {
    const context = host.context({ id });
    const made = plugin.create(context, { ...DEFAULTS, path, ...options }) as FileLogDriver;
    return Object.assign(made, { kill: () => context.kill() });
  }
  const names = async (): Promise<string[]> => (await readdir(directory)).sort();
  const refusal = (why: RegExp): object => ({
    code: 'SHIM_LOG_OPEN',
    where: path,
    message: expect.stringMatching(why) as string,
    remedy: expect.stringContaining('"path"') as string,
  });

  it('and refuses a second one, saying who it is, over rotation too', async () => {
    const first = driver('one', { maxSize: 60, maxFiles: 3 });
    await first.open(NEVER);
    const second = driver('two', { maxSize: 60, maxFiles: 3 });
    await expect(second.open(NEVER)).rejects.toMatchObject(
      refusal(new RegExp(`shared\\.log: the container one \\(namespace default, shim ${process.pid}\\) writes it`)),
    );
    for (let i = 0; i < 3; i++) await first.write(textBatch([`a longer line, number ${i}\n`]));
    expect(await names()).toEqual(['.shared.log.lock', 'shared.log', 'shared.log.1', 'shared.log.2']);
    await expect(second.open(NEVER)).rejects.toMatchObject(refusal(/the container one/));
    await first.close('drained', NEVER);
    await second.open(NEVER);
    await second.close('drained', NEVER);
    expect(await names()).toEqual(['shared.log', 'shared.log.1', 'shared.log.2']);
  });

  it('also when somebody renamed it, until and after it is opened anew', async () => {
    const first = driver('one');
    const second = driver('two');
    await first.open(NEVER);
    await rename(path, `${path}.20250102-030405`);
    await expect(second.open(NEVER)).rejects.toMatchObject(refusal(/the container one/));
    await first.reopen();
    await expect(second.open(NEVER)).rejects.toMatchObject(refusal(/the container one/));
    await first.write(textBatch(['one\n']));
    expect((await stat(path)).size).toBeGreaterThan(0);
    await first.close('drained', NEVER);
  });

  it('and two drivers of one container are told apart', async () => {
    const [first, second] = [driver('one'), driver('one')];
    await first.open(NEVER);
    await expect(second.open(NEVER)).rejects.toMatchObject(refusal(/another log driver of the container writes it/));
    await first.close('drained', NEVER);
  });

  it('which a kill of the shim frees, and the next one takes over what was left', async () => {
    const killed = driver('one');
    await killed.open(NEVER);
    await killed.write(textBatch(['one\n']));
    await killed.kill();
    expect(await names()).toEqual(['.shared.log.lock', 'shared.log']);
    const next = driver('two');
    await next.open(NEVER);
    await expect(driver('three').open(NEVER)).rejects.toMatchObject(refusal(/the container two/));
    await next.close('drained', NEVER);
    expect(await names()).toEqual(['shared.log']);
  });

  it('and anybody may read', async () => {
    const first = driver('one');
    await first.open(NEVER);
    await first.write(textBatch(['one\n']));
    const items: unknown[] = [];
    for await (const item of driver('two').read({}, NEVER)) items.push(item);
    expect(items).toMatchObject([{ bytes: Buffer.from('one') }]);
    await first.close('drained', NEVER);
  });

  it('and of many that begin at once exactly one', async () => {
    const drivers = Array.from({ length: 8 }, (_, i) => driver(`c${i}`));
    for (let round = 0; round < 20; round++) {
      const results = await Promise.allSettled(drivers.map((one) => one.open(NEVER)));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await drivers[results.findIndex(({ status }) => status === 'fulfilled')]!.close('deleted', NEVER);
      expect(await names()).toEqual([]);
    }
  });

  it('and not who locked the file of a lock that was given up meanwhile', async () => {
    const first = driver('one');
    await first.open(NEVER);
    const late = await TestLog.make({ path }, { directory, open: false });
    const { lock } = late.lane;
    let locks = 0;
    late.lane.lock = async (fd) => {
      if (locks++ === 0) await first.close('drained', NEVER);
      return lock(fd);
    };
    await late.driver.open(NEVER);
    expect(locks).toBe(2);
    await expect(driver('three').open(NEVER)).rejects.toMatchObject(refusal(/the container c1/));
    await late.driver.close('drained', NEVER);
  });

  it('who has a lock in the directory that is there, after that was replaced', async () => {
    const inside = join(directory, 'logs', 'a.log');
    const [first, second] = [driver('one', { path: inside }), driver('two', { path: inside })];
    await first.open(NEVER);
    await rename(join(directory, 'logs'), join(directory, 'old'));
    await second.open(NEVER);
    await expect(first.reopen()).rejects.toMatchObject({ code: 'SHIM_LOG_OPEN' });
    await second.close('deleted', NEVER);
    await first.reopen();
    await expect(second.open(NEVER)).rejects.toMatchObject({ code: 'SHIM_LOG_OPEN' });
    await first.close('drained', NEVER);
    expect(await readdir(join(directory, 'logs'))).toEqual(['a.log']);
  });

  it('whose lock is no link and nothing else than a file', async () => {
    const lock = join(directory, '.shared.log.lock');
    await writeFile(join(directory, 'precious'), 'precious');
    await symlink('precious', lock);
    await expect(driver('one').open(NEVER)).rejects.toMatchObject({
      code: 'SHIM_LOG_OPEN',
      message: expect.stringContaining(`its lock file ${lock}: it is a symbolic link`) as string,
    });
    await rm(lock);
    await mkdir(lock);
    await expect(driver('one').open(NEVER)).rejects.toMatchObject({
      message: expect.stringContaining('EISDIR') as string,
    });
    expect(await names()).toEqual(['.shared.log.lock', 'precious']);
    expect((await stat(join(directory, 'precious'))).size).toBe('precious'.length);
  });

  it('nobody names who wrote nonsense into the lock', async () => {
    const first = driver('one');
    await first.open(NEVER);
    await writeFile(join(directory, '.shared.log.lock'), '{"namespace":"a","id":"\\u001b[31m","pid":1}');
    await expect(driver('two').open(NEVER)).rejects.toMatchObject(refusal(/shared\.log: another shim writes it/));
    await first.close('drained', NEVER);
  });

  it('but a file system without locks is written nevertheless, with a warning', async () => {
    const log = await TestLog.make({}, { directory, open: false });
    log.lane.lock = () => Promise.reject(Object.assign(new Error('no locks'), { code: 'ENOLCK' }));
    await log.driver.open(NEVER);
    expect(log.warnings).toMatchObject([{ path: log.path, err: { code: 'ENOLCK' } }]);
    await log.driver.close('drained', NEVER);
    expect(await names()).toEqual(['container.log']);
  });
});
