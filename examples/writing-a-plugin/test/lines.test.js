import { readFile, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describeLogDriver, LogDriverHost, makeInstance, textBatch } from '@holdfast/testkit';
import { expect, it } from 'vitest';
import plugin from '../index.js';

describeLogDriver({
  name: 'the driver "lines"',
  definition: plugin,
  unusable: async ({ directory }) => {
    await mkdir(join(directory, 'taken'), { recursive: true });
    return { file: 'taken' };
  },
});

it('writes a JSON object for each record', async () => {
  const host = await LogDriverHost.open();
  try {
    const context = host.context();
    const driver = await makeInstance(plugin, context);
    await driver.open(AbortSignal.timeout(5000));
    await driver.write(textBatch(['hello\n', '\xff'], { time: 42n }));
    await driver.close('drained', AbortSignal.timeout(5000));
    expect(await readFile(join(context.directory, 'lines.ndjson'), 'utf8')).toBe(
      '{"time":"42","stream":"stdout","partial":false,"text":"hello"}\n' +
        '{"time":"42","stream":"stdout","partial":true,"base64":"/w=="}\n',
    );
  } finally {
    await host.close();
  }
});

it('goes on behind half a line, which is a gap', async () => {
  const host = await LogDriverHost.open();
  try {
    const context = host.context();
    await mkdir(context.directory, { recursive: true });
    await writeFile(join(context.directory, 'lines.ndjson'), '{"time":"4');
    const driver = await makeInstance(plugin, context);
    await driver.open(AbortSignal.timeout(5000));
    await driver.write(textBatch(['hello\n']));
    await driver.close('drained', AbortSignal.timeout(5000));
    const types = [];
    for await (const { type } of driver.read({}, AbortSignal.timeout(5000))) types.push(type);
    expect(types).toEqual(['gap', 'entry']);
  } finally {
    await host.close();
  }
});
