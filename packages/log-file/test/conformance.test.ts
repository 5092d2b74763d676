import { unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import logFile from '@holdfast/log-file';
import {
  describeLogDriver,
  type LogDriverUnderTest,
  type TestLogDriverContext,
  type Troubles,
} from '@holdfast/testkit';
import { afterAll, it } from 'vitest';
import { zstd } from '../src/compression/zstd.js';
import { mountTmpfs } from './support/tmpfs.js';

/** A log below a file cannot be made. */
async function belowFile({ directory }: TestLogDriverContext): Promise<object> {
  const file = join(dirname(dirname(dirname(directory))), 'file');
  await writeFile(file, '');
  return { path: join(file, 'container.log') };
}

const troubles: Troubles = { hang: (context) => context.hang() };
const small = await mountTmpfs('size=24m');
afterAll(() => small.unmount());

/** Fills the small file system. */
async function fill(): Promise<() => Promise<void>> {
  const filler = join(small.directory, 'filler');
  await writeFile(filler, Buffer.alloc(32 << 20)).catch(() => undefined);
  return () => unlink(filler);
}

describeLogDriver({ name: 'the file driver, cri', definition: logFile, unusable: belowFile, troubles });

describeLogDriver({
  name: 'the file driver, cri on a small disk',
  definition: logFile,
  options: ({ container: { namespace, id } }) => ({ path: join(small.directory, namespace, id, 'container.log') }),
  troubles: { ...troubles, full: fill },
});

describeLogDriver({
  name: 'the file driver, cri with rotation',
  definition: logFile,
  troubles,
  options: { maxSize: '64k', maxFiles: 100 },
  skip: [
    {
      reason: '100 files of 64k are kept, which is less',
      tests: ['keeps a line of 10 MB, which comes in partial records'],
    },
  ],
});

describeLogDriver({
  name: 'the file driver, json',
  definition: logFile,
  troubles,
  options: { format: 'json' },
  skip: [
    {
      reason: "JSON holds text: as in docker's files, U+FFFD stands for what is no UTF-8",
      tests: ['keeps bytes that are no UTF-8', 'keeps every byte', 'keeps a character that a batch cut in two'],
    },
  ],
});

describeLogDriver({
  name: 'the file driver, raw',
  definition: logFile,
  troubles,
  options: { format: 'raw' },
  skip: [
    { reason: 'the bytes alone are kept, and no records', tests: ['tells partial records from whole ones'] },
    {
      reason: 'the bytes alone are kept, and no streams',
      tests: ['keeps both streams apart', 'reads the last lines of one stream'],
    },
    {
      reason: 'the bytes alone are kept: what tells of lost records is a line as any other',
      tests: [/^tells of lost records/],
    },
    {
      reason: 'the bytes alone are kept: a torn record cannot be told from what the container wrote',
      tests: ['keeps whole records when the shim is killed in the middle of a write'],
    },
    { reason: 'the bytes alone are kept, and no times', tests: ['keeps the time of each batch', /\b(since|until)\b/] },
  ],
});

describeLogDriver({
  name: 'the file driver, compressed',
  definition: logFile,
  troubles,
  options: { maxSize: '64k', maxFiles: 100, compress: true },
  skip: [
    {
      reason: '100 files of 64k are kept, which is less',
      tests: ['keeps a line of 10 MB, which comes in partial records'],
    },
  ],
});

const zstdLog: LogDriverUnderTest = {
  name: 'the file driver, compressed with zstd',
  definition: logFile,
  troubles,
  options: { maxSize: '64k', maxFiles: 100, compress: 'zstd' },
  skip: [
    {
      reason: '100 files of 64k are kept, which is less',
      tests: ['keeps a line of 10 MB, which comes in partial records'],
    },
  ],
};

if (zstd() !== undefined) describeLogDriver(zstdLog);
else it.skip(`${zstdLog.name} (skipped: Node ${process.versions.node} has no zstd)`);
