import { existsSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PrivateJournald } from '../../../test/support/journald.js';
import { lines } from './support/batch.js';
import { NEVER, TestLog, type TestLogOptions } from './support/test-log.js';

const texts = (count: number, from = 0): string[] => lines(count, from).map((line) => line.trimEnd());
const lossOf = (write: Promise<void>): Promise<{ code: string; lost: number; cause: { code: string } }> =>
  write.then(
    () => expect.unreachable('nothing was lost'),
    (error: unknown) => error as { code: string; lost: number; cause: { code: string } },
  );

describe('a journald', () => {
  let journald: PrivateJournald;
  let logs: TestLog[];

  beforeEach(async () => {
    journald = await PrivateJournald.start();
    logs = [];
  });
  afterEach(async () => {
    await Promise.all(logs.map((log) => log.close()));
    await journald.remove();
  });

  function log(options: TestLogOptions = {}): TestLog {
    const made = new TestLog(journald, options);
    logs.push(made);
    return made;
  }

  it('that is stopped holds the writer up, not the event loop, and gets everything when it goes on', async () => {
    const one = log({ callTimeoutMs: 60_000 });
    await one.driver.open(NEVER);
    journald.signal('SIGSTOP');
    let settled = false;
    const writing = one.write(lines(500)).finally(() => (settled = true));
    const before = performance.eventLoopUtilization();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
    expect(settled).toBe(false);
    journald.signal('SIGCONT');
    await writing;
    await one.flush();
    expect(await one.readTexts()).toEqual(texts(500));
  });

  it('that stays stopped costs records that are counted, within the deadline, and then nobody waits', async () => {
    const one = log({ callTimeoutMs: 300 });
    await one.driver.open(NEVER);
    journald.signal('SIGSTOP');
    const begun = performance.now();
    const loss = await lossOf(one.write(lines(500)));
    expect(performance.now() - begun).toBeLessThan(300);
    expect(loss).toMatchObject({ code: 'SHIM_LOG_WRITE', cause: { code: 'EAGAIN' } });
    expect(loss).toMatchObject({ message: expect.stringContaining(journald.socket) as string });
    const sent = 500 - loss.lost;
    const next = performance.now();
    expect(await lossOf(one.write(lines(500, 500)))).toMatchObject({ lost: 500 });
    expect(performance.now() - next).toBeLessThan(100);
    journald.signal('SIGCONT');
    await one.flush();
    await one.write(lines(500, 1000));
    await one.flush();
    // The reader sees how many are missing, and where.
    expect(await one.readTexts()).toEqual([...texts(sent), `gap: ${1000 - sent}`, ...texts(500, 1000)]);
  });

  it('that answers again in the middle of a batch gets the rest of it', async () => {
    const one = log({ callTimeoutMs: 300 });
    await one.driver.open(NEVER);
    journald.signal('SIGSTOP');
    const { lost } = await lossOf(one.write(lines(100)));
    journald.signal('SIGCONT');
    await journald.journalctl('--sync');
    await one.write(lines(500, 100));
    await one.flush();
    expect(await one.readTexts()).toEqual([...texts(100 - lost), `gap: ${lost}`, ...texts(500, 100)]);
  });

  it('that is killed and started again loses nothing that it had not taken', async () => {
    const one = log({ callTimeoutMs: 60_000 });
    await one.write(lines(100));
    await one.flush();
    await journald.kill();
    expect(existsSync(journald.socket)).toBe(true);
    const writing = one.write(lines(500, 100));
    await journald.start();
    await writing;
    await one.flush();
    expect(await one.readTexts()).toEqual(texts(600));
  });

  it('that is killed with records in its queue leaves a gap of just those', async () => {
    const one = log({ callTimeoutMs: 60_000 });
    await one.write(lines(100));
    await one.flush();
    journald.signal('SIGSTOP');
    const writing = one.write(lines(500, 100));
    await journald.kill();
    await journald.start();
    await writing;
    await one.flush();
    const read = await one.readTexts();
    const gaps = read.filter((text) => text.startsWith('gap'));
    const missing = Number(gaps[0]?.slice(5));
    expect(gaps).toHaveLength(1);
    expect(missing).toBeGreaterThan(0);
    expect(read).toEqual([...texts(100), `gap: ${missing}`, ...texts(500 - missing, 100 + missing)]);
  });

  it('that gets again what it had not taken has it once and whole, without a gap, also in the middle of a line', async () => {
    const one = log({ callTimeoutMs: 200 });
    await one.driver.open(NEVER);
    await one.write(['begin ']);
    await one.flush();
    await journald.kill();
    const rest = ['of ', 'a line\n', ...lines(10)];
    const loss = await lossOf(one.write(rest));
    expect(loss).toMatchObject({ lost: 12, retry: true });
    await journald.start();
    await one.write(rest, { sequence: 1 });
    await one.flush();
    expect(await one.readTexts()).toEqual(['begin …', 'of …', 'a line', ...texts(10)]);
  });

  it('that is killed and does not come back costs records that are counted', async () => {
    const one = log({ callTimeoutMs: 200 });
    await one.driver.open(NEVER);
    await journald.kill();
    const gone = { code: 'SHIM_LOG_WRITE', remedy: expect.stringContaining('systemctl restart') as string };
    expect(await lossOf(one.write(lines(50)))).toMatchObject({ ...gone, lost: 50, cause: { code: 'ECONNREFUSED' } });
    await expect(one.driver.flush(NEVER)).rejects.toMatchObject(gone);
    const again = log();
    await expect(again.driver.open(NEVER)).rejects.toMatchObject({
      code: 'SHIM_LOG_OPEN',
      where: journald.socket,
      remedy: expect.stringContaining(`systemd-journald@${journald.namespace}.socket`) as string,
    });
    await journald.start();
    await one.write(lines(50, 50));
    await one.flush();
    expect(await one.readTexts()).toEqual(['gap: 50', ...texts(50, 50)]);
  });

  it('closed in the middle of a wait leaves no descriptor and no wait', async () => {
    const one = log({ callTimeoutMs: 60_000 });
    await one.driver.open(NEVER);
    journald.signal('SIGSTOP');
    const writing = lossOf(one.write(lines(500)));
    await one.driver.close('restart', NEVER);
    expect((await writing).cause).toMatchObject({ code: 'ECANCELED' });
  });

  it('that is stopped keeps flush from lasting longer than its signal allows', async () => {
    const one = log();
    await one.write(['x\n']);
    journald.signal('SIGSTOP');
    await expect(one.driver.flush(AbortSignal.timeout(100))).rejects.toMatchObject({ code: 'SHIM_LOG_WRITE' });
  });
});

describe('no journald', () => {
  it('is an error when the driver is opened, which names the socket and what to do', async () => {
    const log = new TestLog({ namespace: 'holdfast-absent' });
    await expect(log.driver.open(NEVER)).rejects.toMatchObject({
      code: 'SHIM_LOG_OPEN',
      where: '/run/systemd/journal.holdfast-absent/socket',
      message: expect.stringContaining('ENOENT') as string,
      remedy: expect.stringContaining('--log file') as string,
    });
    await log.close();
  });

  it('reads as an empty log', async () => {
    const log = new TestLog({ namespace: 'holdfast-absent' });
    expect(await log.readTexts()).toEqual([]);
    expect(await log.readTexts({ tail: 5 })).toEqual([]);
    await log.close();
  });
});
