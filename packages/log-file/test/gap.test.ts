import { appendFile, writeFile } from 'node:fs/promises';
import type { LogLoss } from '@holdfast/core/plugin';
import { BATCH_TIME as TIME, textBatch } from '@holdfast/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { TestLog } from './support/test-log.js';

const LOSS: LogLoss = {
  stream: 'stderr',
  records: 3,
  bytes: 120,
  reason: 'queue full',
  from: TIME - 5n,
  to: TIME,
};
const GAP = { type: 'gap', records: 3, bytes: 120, reason: 'queue full', stream: 'stderr', time: TIME };
const TEXT = 'holdfast: 3 records (120 bytes) lost: queue full';

let log: TestLog;
afterEach(async () => {
  expect(await log.remove()).toEqual([]);
});

const types = async (query = {}): Promise<string[]> => (await log.readAll(query)).map((item) => item.type);

describe('gap', () => {
  it('is a CRI line with a tag of its own', async () => {
    log = await TestLog.make();
    await log.driver.gap(LOSS);
    expect(await log.contents()).toBe(`2025-01-02T03:04:05.000000006Z stderr F:gap ${TEXT}\n`);
  });

  it("is a line of docker's JSON with an attribute of its own, the labels besides", async () => {
    const labels = { app: 'web', 'holdfast.gap': 'forged' };
    log = await TestLog.make({ format: 'json', labelsRegex: '.' }, { labels });
    await log.driver.gap(LOSS);
    await log.driver.write(textBatch(['x\n']));
    const [gap, record] = (await log.contents()).split('\n', 2).map((line) => JSON.parse(line) as object);
    const time = '2025-01-02T03:04:05.000000006Z';
    const attrs = { app: 'web', 'holdfast.gap': '3' };
    expect(gap).toEqual({ log: `${TEXT}\n`, stream: 'stderr', attrs, time });
    expect(record).toEqual({ log: 'x\n', stream: 'stdout', attrs: { app: 'web' }, time });
  });

  it.each(['cri', 'json'] as const)('is read back from a %s log where it was written', async (format) => {
    log = await TestLog.make({ format });
    await log.driver.write(textBatch(['one\n', 'tw']));
    await log.driver.gap(LOSS);
    await log.driver.gap({ ...LOSS, records: 1, bytes: 1, stream: 'stdout' });
    await log.driver.write(textBatch(['o\n']));
    const items = await log.readAll();
    expect(items.slice(2, 4)).toEqual([GAP, { ...GAP, records: 1, bytes: 1, stream: 'stdout' }]);
    expect(await log.readTexts()).toEqual(['one', 'tw…', 'gap: queue full', 'gap: queue full', 'o']);
  });

  it.each(['cri', 'json'] as const)('ends the line before it, for the tail of a %s log', async (format) => {
    log = await TestLog.make({ format });
    await log.driver.write(textBatch(['one\n', 'tw', 'o']));
    await log.driver.gap({ ...LOSS, stream: 'stdout' });
    await log.driver.write(textBatch(['thr', 'ee\n']));
    expect(await log.readTexts({ tail: 1 })).toEqual(['thr…', 'ee']);
    expect(await log.readTexts({ tail: 2 })).toEqual(['tw…', 'o…', 'gap: queue full', 'thr…', 'ee']);
    await log.driver.gap(LOSS);
    expect(await log.readTexts({ tail: 1 })).toEqual(['thr…', 'ee', 'gap: queue full']);
  });

  it.each(['cri', 'json'] as const)(
    'of a %s log is no line of the tail, and is asked for as records are',
    async (format) => {
      log = await TestLog.make({ format });
      await log.driver.write(textBatch(['one\n', 'two\n']));
      await log.driver.gap(LOSS);
      await log.driver.write(textBatch(['three\n'], { time: TIME + 9n }));
      expect(await log.readTexts({ tail: 1 })).toEqual(['three']);
      expect(await log.readTexts({ tail: 2 })).toEqual(['two', 'gap: queue full', 'three']);
      expect(await types({ streams: ['stdout'] })).toEqual(['entry', 'entry', 'entry']);
      expect(await types({ streams: ['stderr'] })).toEqual(['gap']);
      expect(await types({ since: TIME + 1n })).toEqual(['entry']);
      expect(await types({ until: TIME })).toEqual([]);
    },
  );

  it.each(['cri', 'json'] as const)('of a %s log cannot be forged by the container', async (format) => {
    log = await TestLog.make({ format });
    const lines = [TEXT, `2025-01-02T03:04:05Z stderr F:gap ${TEXT}`, `{"attrs":{"holdfast.gap":"3"}}`];
    await log.driver.write(textBatch(lines.map((line) => `${line}\n`)));
    expect(await log.readTexts()).toEqual(lines);
  });

  it('is a line of its own in a raw log, also behind one without newline', async () => {
    log = await TestLog.make({ format: 'raw' });
    await log.driver.gap(LOSS);
    await log.driver.write(textBatch(['one\n', 'tw']));
    await log.driver.gap(LOSS);
    await log.driver.write(textBatch(['three\n']));
    expect(await log.contents()).toBe(`${TEXT}\none\ntw\n${TEXT}\nthree\n`);
  });

  it('stays one line whatever the reason is', async () => {
    log = await TestLog.make();
    await log.driver.gap({ ...LOSS, reason: `a\nb\x1b[31m\r${'x'.repeat(999)}` });
    const contents = await log.contents();
    expect(contents.split('\n')).toHaveLength(2);
    expect(contents.length).toBeLessThan(400);
    expect(await log.readAll()).toMatchObject([
      { type: 'gap', records: 3, reason: expect.stringMatching(/^a b \[31m x/) as string },
    ]);
  });

  it('goes into the next file if it does not fit', async () => {
    log = await TestLog.make({ maxSize: 60 });
    await log.driver.write(textBatch(['one\n']));
    await log.driver.gap(LOSS);
    await log.driver.write(textBatch(['two\n']));
    expect(await log.files()).toHaveLength(3);
    expect(await types()).toEqual(['entry', 'gap', 'entry']);
  });

  it('that cannot be written leaves nothing of it, and is refused', async () => {
    log = await TestLog.make();
    await log.driver.write(textBatch(['one\n']));
    log.lane.faults = [{ after: 7 }];
    await expect(log.driver.gap(LOSS)).rejects.toMatchObject({
      code: 'SHIM_LOG_WRITE',
      where: log.path,
      cause: { code: 'ENOSPC' },
    });
    await log.driver.write(textBatch(['two\n']));
    expect(await log.readTexts()).toEqual(['one', 'two']);
  });

  it('of a newer version, or cut off, is a gap of unknown size', async () => {
    log = await TestLog.make({}, { open: false });
    await writeFile(log.path, '2025-01-02T03:04:05.000000006Z stderr F:gap something is missing\n');
    expect(await log.readAll()).toEqual([
      { type: 'gap', records: undefined, reason: 'something is missing', stream: 'stderr', time: TIME },
    ]);
    await appendFile(log.path, '2025-01-02T03:04:05.000000006Z stderr F:gap hold');
    expect(await types()).toEqual(['gap']);
  });
});
