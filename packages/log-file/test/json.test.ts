import { appendFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { batchPlans, maxSize, type BatchPlan } from './support/arbitraries.js';
import { batchOf, textBatch, BATCH_TIME as TIME } from '@holdfast/testkit';
import { TestLog } from './support/test-log.js';

/** As docker wrote them, of several versions and with options. */
const DOCKER = [
  '{"log":"plain\\n","stream":"stdout","time":"2019-03-04T05:06:07.000000001Z"}',
  '{"log":"\\u003cb\\u003e \\u0026 \\u2028\\n","stream":"stderr","time":"2019-03-04T05:06:07.12Z"}',
  '{"log":"with attrs\\n","stream":"stdout","attrs":{"tag":"web/c1"},"time":"2019-03-04T05:06:08Z"}',
  '{"log":"the beginning of a li","stream":"stdout","time":"2019-03-04T07:06:08.5+02:00"}',
  '{"log":"ne\\n","stream":"stdout","time":"2019-03-04T05:06:08.5Z"}',
  '{"stream":"stdout","time":"2019-03-04T05:06:09Z"}',
  '{"log":"\\r\\u001b[1m\\n","stream":"stdout","time":"2019-03-04T05:06:09Z"}',
];

describe('a log in the format json', () => {
  let log: TestLog | undefined;
  afterEach(async () => {
    const left = await log?.remove();
    log = undefined;
    expect(left ?? []).toEqual([]);
  });

  it('has the labels chosen in each record', async () => {
    const labels = { app: 'web', other: 'x', 'com.example.a': '1' };
    log = await TestLog.make({ format: 'json', labels: 'app', labelsRegex: '^com\\.' }, { labels });
    await log.driver.write(textBatch(['one\n']));
    expect(await log.contents()).toBe(
      '{"log":"one\\n","stream":"stdout","attrs":{"app":"web","com.example.a":"1"},"time":"2025-01-02T03:04:05.000000006Z"}\n',
    );
    expect(await log.readTexts()).toEqual(['one']);
  });

  it("is read back from docker's own files", async () => {
    log = await TestLog.make({ format: 'json' }, { open: false });
    await writeFile(log.path, DOCKER.map((line) => `${line}\n`).join(''));
    const texts = ['plain', '!<b> & \u2028', 'with attrs', 'the beginning of a li…', 'ne', '…', '\r\x1b[1m'];
    const items = await log.readAll();
    expect(items.map((item) => item.type === 'entry' && item.bytes.toString())).toEqual(
      texts.map((text) => text.replace(/^!|…$/, '')),
    );
    expect(items.map((item) => item.type === 'entry' && item.partial)).toEqual(texts.map((text) => text.endsWith('…')));
    expect(items[3]).toMatchObject({ time: 1_551_675_968_500_000_000n });
    expect(await log.readTexts({ tail: 3 })).toHaveLength(5);
  });

  it.each([
    'no JSON',
    '5',
    'null',
    '[]',
    '{"log":5,"stream":"stdout","time":"2019-03-04T05:06:07Z"}',
    '\0\0\0',
    '{"log":"x\\n","stream":"x","time":"2019-03-04T05:06:07Z"}',
    '{"log":"x\\n","stream":"stdout","time":"yesterday"}',
    '',
  ])('has a gap where a line is %j', async (line) => {
    log = await TestLog.make({ format: 'json' }, { open: false });
    await writeFile(log.path, `${DOCKER[0]}\n${line}\n${DOCKER[2]}\n`);
    const gap = 'gap: a line that is no JSON record';
    expect(await log.readTexts()).toEqual(['plain', gap, 'with attrs']);
    expect(await log.readTexts({ tail: 2 })).toEqual(['plain', gap, 'with attrs']);
  });

  it('loses a torn record at its end when it is opened again', async () => {
    log = await TestLog.make({ format: 'json' });
    await log.driver.write(textBatch(['one\n']));
    await log.driver.close('restart', AbortSignal.abort());
    await appendFile(log.path, '{"log":"to');
    await log.driver.open(new AbortController().signal);
    await log.driver.write(textBatch(['two\n']));
    expect(await log.readTexts()).toEqual(['one', 'two']);
    expect(log.warnings).toEqual([{ path: log.path, records: 1, bytes: 10 }]);
  });

  it('has its last lines found, however long they are', async () => {
    log = await TestLog.make({ format: 'json' });
    const long = '<'.repeat(100_000);
    await log.driver.write(textBatch(['first\n', `${long}\n`, 'P', `${long}`, 'F\n']));
    expect(await log.readTexts({ tail: 1 })).toEqual(['P…', `${long}…`, 'F']);
    expect(await log.readTexts({ tail: 2 })).toEqual([long, 'P…', `${long}…`, 'F']);
    expect(await log.readTexts({ tail: 3 })).toHaveLength(5);
  });

  it('gives back the largest record there can be, of bytes that take six characters each', async () => {
    log = await TestLog.make({ format: 'json', maxSize: -1 });
    const record = '\0'.repeat(256 << 10);
    await log.driver.write(textBatch(['before\n', record, '\n']));
    expect((await log.readTexts()).map(({ length }) => length)).toEqual([6, record.length + 1, 0]);
    expect((await log.readTexts({ tail: 1 })).map(({ length }) => length)).toEqual([record.length + 1, 0]);
  });

  it('gives back whatever was written, but for bytes that are no UTF-8, over files', async () => {
    await fc.assert(
      fc.asyncProperty(batchPlans, maxSize, async (plans, size) => {
        const made = await TestLog.make({ format: 'json', maxSize: size, maxFiles: 100 });
        try {
          for (const plan of plans) await made.driver.write(batchOf(plan.lines, plan));
          expect(await made.readAll()).toEqual(entriesOf(plans));
          for (const name of await made.files()) {
            const contents = await made.contents(Number(name.split('.')[2] ?? 0));
            const records = contents.split('\n').length - 1;
            if (size > 0) expect(Buffer.byteLength(contents, 'latin1') <= size || records === 1).toBe(true);
          }
        } finally {
          expect(await made.remove()).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is whole records, and the rest is counted, when writes fail', async () => {
    log = await TestLog.make({ format: 'json' });
    log.lane.faults = [{ after: 100 }, { after: 0 }];
    await expect(log.driver.write(textBatch(['one\n', 'two\n', 'three\n']))).rejects.toMatchObject({ lost: 2 });
    await expect(log.driver.write(textBatch(['four\n']))).rejects.toMatchObject({ lost: 1 });
    await log.driver.write(textBatch(['five\n']));
    expect(await log.readTexts()).toEqual(['one', 'five']);
  });

  it('answers since and until', async () => {
    log = await TestLog.make({ format: 'json' });
    for (let i = 0n; i < 10n; i++) await log.driver.write(textBatch([`${i}\n`], { time: TIME + i * 1_000_000_000n }));
    const at = (i: bigint): bigint => TIME + i * 1_000_000_000n;
    expect(await log.readTexts({ since: at(3n), until: at(6n) })).toEqual(['3', '4', '5']);
    expect(await log.readTexts({ until: at(6n), tail: 2 })).toEqual(['4', '5']);
  });
});

function entriesOf(plans: readonly BatchPlan[]): unknown[] {
  return plans.flatMap(({ stream, time, lines }) =>
    lines.map(({ bytes, partial }) => ({ type: 'entry', stream, time, partial, bytes: replaced(bytes) })),
  );
}

/** Each byte that is no UTF-8 becomes U+FFFD. */
function replaced(bytes: Buffer): Buffer {
  const text: string[] = [];
  for (let i = 0; i < bytes.length;) {
    const length = [1, 2, 3, 4].find((n) => i + n <= bytes.length && isUtf8(bytes.subarray(i, i + n))) ?? 0;
    text.push(length === 0 ? '\ufffd' : bytes.toString('utf8', i, i + length));
    i += Math.max(1, length);
  }
  return Buffer.from(text.join(''));
}

function isUtf8(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString('utf8')).equals(bytes);
}
