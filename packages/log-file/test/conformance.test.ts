import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import logFile from '@holdfast/log-file';
import { describeLogDriver, type TestLogDriverContext } from '@holdfast/testkit';

/** A log below a file cannot be made. */
async function belowFile({ directory }: TestLogDriverContext): Promise<object> {
  const file = join(dirname(dirname(dirname(directory))), 'file');
  await writeFile(file, '');
  return { path: join(file, 'container.log') };
}

describeLogDriver({ name: 'the file driver, cri', definition: logFile, unusable: belowFile });

describeLogDriver({
  name: 'the file driver, cri with rotation',
  definition: logFile,
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
  options: { format: 'raw' },
  skip: [
    { reason: 'the bytes alone are kept, and no records', tests: ['tells partial records from whole ones'] },
    {
      reason: 'the bytes alone are kept, and no streams',
      tests: ['keeps both streams apart', 'reads the last lines of one stream'],
    },
    { reason: 'the bytes alone are kept, and no times', tests: ['keeps the time of each batch', /\b(since|until)\b/] },
  ],
});

describeLogDriver({
  name: 'the file driver, compressed',
  definition: logFile,
  options: { maxSize: '64k', maxFiles: 100, compress: true },
  skip: [
    {
      reason: '100 files of 64k are kept, which is less',
      tests: ['keeps a line of 10 MB, which comes in partial records'],
    },
  ],
});
