import { describe, expect, it } from 'vitest';
import { TIME } from './support/batch.js';
import { useJournald } from './support/use-journald.js';
import type { TestLog } from './support/test-log.js';

const own = useJournald();

/** What journald has of a container, its own fields apart. */
async function entriesOf(log: TestLog): Promise<Record<string, unknown>[]> {
  const entries = await own.journald.entries(`CONTAINER_ID_FULL=${log.container.id}`);
  return entries.map((entry) => Object.fromEntries(Object.entries(entry).filter(([name]) => !name.startsWith('_'))));
}

const messages = async (log: TestLog): Promise<unknown[]> => (await entriesOf(log)).map(({ MESSAGE }) => MESSAGE);

describe('an entry', () => {
  it("has docker's fields, those of the stream and the shim's own, and no others", async () => {
    const annotations = { 'io.kubernetes.cri.image-name': 'docker.io/library/busybox:1' };
    const log = own.log({
      options: { tag: '{{.Name}}/{{.ImageName}}' },
      container: { id: '0123456789abcdef', namespace: 'team', annotations },
    });
    await log.driver.open(new AbortController().signal);
    await log.write(['hello\n']);
    await log.write(['oops\n'], { stream: 'stderr' });
    const [out, err] = await entriesOf(log);
    const tag = '0123456789abcdef/docker.io/library/busybox:1';
    expect(out).toEqual({
      MESSAGE: 'hello',
      PRIORITY: '6',
      CONTAINER_ID: '0123456789ab',
      CONTAINER_ID_FULL: '0123456789abcdef',
      CONTAINER_NAME: '0123456789abcdef',
      CONTAINER_TAG: tag,
      SYSLOG_IDENTIFIER: tag,
      IMAGE_NAME: 'docker.io/library/busybox:1',
      CONTAINER_STREAM: 'stdout',
      SYSLOG_TIMESTAMP: '2025-01-02T03:04:05.000000006Z',
      CONTAINER_LOG_EPOCH: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      CONTAINER_LOG_ORDINAL: '1',
      HOLDFAST_NAMESPACE: 'team',
      HOLDFAST_CREATED: log.container.createdAt,
    });
    expect(err).toEqual({
      ...out,
      MESSAGE: 'oops',
      PRIORITY: '3',
      CONTAINER_STREAM: 'stderr',
      CONTAINER_LOG_ORDINAL: '2',
    });
  });

  it('of a line in pieces says which piece it is, over batches and streams', async () => {
    const log = own.log();
    await log.write(['one ', 'two ']);
    await log.write(['other\n'], { stream: 'stderr' });
    await log.write(['three\n', 'whole\n', 'open']);
    const entries = await entriesOf(log);
    const partials = entries.map((entry) => [
      entry['MESSAGE'],
      entry['CONTAINER_PARTIAL_MESSAGE'],
      entry['CONTAINER_PARTIAL_ORDINAL'],
      entry['CONTAINER_PARTIAL_LAST'],
    ]);
    expect(partials).toEqual([
      ['one ', 'true', '1', 'false'],
      ['two ', 'true', '2', 'false'],
      ['other', undefined, undefined, undefined],
      ['three', undefined, '3', 'true'],
      ['whole', undefined, undefined, undefined],
      ['open', 'true', '1', 'false'],
    ]);
    const ids = entries.map((entry) => entry['CONTAINER_PARTIAL_ID']);
    expect(new Set([ids[0], ids[1], ids[3]]).size).toBe(1);
    expect(ids[5]).toMatch(/^[0-9a-f]{32}$/);
    expect(ids[5]).not.toBe(ids[0]);
  });

  it('has its newline, and no mark of a piece, if it is to be as of conmon', async () => {
    const log = own.log({ options: { keepNewline: true, partialMarks: false } });
    await log.write(['whole\n', 'pie', 'ces\n', 'open']);
    const entries = await entriesOf(log);
    expect(entries.map((entry) => [entry['MESSAGE'], entry['CONTAINER_PARTIAL_MESSAGE']])).toEqual([
      ['whole\n', undefined],
      ['pie', undefined],
      ['ces\n', undefined],
      ['open', undefined],
    ]);
    expect(await log.readTexts()).toEqual(['whole', 'pie…', 'ces', 'open…']);
  });

  it.each([
    ['an empty line', ''],
    ['a zero byte', 'a\0b'],
    ['what is no UTF-8', 'a\xff\xfe\x80b'],
    ['controls and colours', '\x1b[31mred\x1b[0m\r\t\x07'],
    ['what looks like a field', 'MESSAGE=x'],
  ])('keeps %s unchanged', async (_what, text) => {
    const log = own.log();
    await log.write([`${text}\n`]);
    await log.flush();
    expect(await log.readTexts()).toEqual([text]);
  });

  it('may be of 10 MB', async () => {
    const log = own.log();
    const large = Buffer.alloc(10_000_000, 'large ');
    await log.write(['before\n', Buffer.concat([large, Buffer.from('\n')]), 'after\n']);
    await log.flush();
    const texts = await log.readTexts();
    expect(texts.map((text) => text.length)).toEqual([6, 10_000_000, 5]);
    expect(texts[1]).toBe(large.toString('latin1'));
  });

  it('keeps the order of thousands, of both streams', async () => {
    const log = own.log();
    const batch = (from: number): string[] => Array.from({ length: 300 }, (_, i) => `${from + i}\n`);
    for (let from = 0; from < 3000; from += 300)
      await log.write(batch(from), { stream: from % 600 ? 'stderr' : 'stdout' });
    await log.flush();
    const texts = await log.readTexts();
    expect(texts.map((text) => text.replace('!', ''))).toEqual(Array.from({ length: 3000 }, (_, i) => `${i}`));
  });
});

describe('priorities', () => {
  it('are read from the beginnings of lines if that is asked for', async () => {
    const log = own.log({ options: { priorityPrefix: true } });
    await log.write(['<3>bad\n', 'plain\n', '<8>eight\n', '<4>\n', '<5>begins ', '<1>goes on\n', '<12>x\n', '<0>']);
    await log.write(['<7>debug\n', 'plain\n'], { stream: 'stderr' });
    const entries = await entriesOf(log);
    expect(entries.map(({ PRIORITY, MESSAGE }) => `${String(PRIORITY)} ${String(MESSAGE)}`)).toEqual([
      '3 bad',
      '6 plain',
      '6 <8>eight',
      '4 ',
      '5 begins ',
      '5 <1>goes on',
      '6 <12>x',
      '0 ',
      '7 debug',
      '3 plain',
    ]);
  });

  it('are left in the text otherwise', async () => {
    const log = own.log();
    await log.write(['<3>text\n']);
    expect(await messages(log)).toEqual(['<3>text']);
  });
});

describe('labels', () => {
  it('become fields when they are chosen, newlines and all, and never replace a field of the driver', async () => {
    const labels = {
      'com.example.role': 'web\nfront = 1\n',
      other: 'no',
      message: 'forged',
      'io.x.1': '1',
      'io.x.2': '2',
    };
    const log = own.log({
      options: { labels: ['com.example.role', 'message', 'absent', 'stage'], labelsRegex: '^io\\.x\\.' },
      container: { labels, annotations: { stage: 'test', 'com.example.role': 'an annotation', priority: '0' } },
    });
    await log.write(['hello\n']);
    const [entry] = await entriesOf(log);
    expect(entry).toMatchObject({
      MESSAGE: 'hello',
      COM_EXAMPLE_ROLE: 'web\nfront = 1\n',
      STAGE: 'test',
      IO_X_1: '1',
      IO_X_2: '2',
    });
    expect(entry).not.toHaveProperty('OTHER');
    expect(log.warnings).toEqual([{ id: log.container.id, labels: ['message'] }]);
  });
});

it('times are those of the batch', async () => {
  const log = own.log();
  await log.write(['one\n'], { time: TIME });
  await log.write(['two\n'], { time: TIME + 1_000_000_000n });
  await log.flush();
  const times: (bigint | undefined)[] = [];
  for await (const item of log.read()) times.push(item.type === 'entry' ? item.time : undefined);
  expect(times).toEqual([TIME, TIME + 1_000_000_000n]);
});
