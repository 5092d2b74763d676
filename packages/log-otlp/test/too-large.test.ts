import { textBatch } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { failureOf } from './support/failure.js';
import { bare, connectedLog, lines, NEVER } from './support/open-log.js';

describe('a batch that is too large for one request', () => {
  it('is sent in halves, in order; later ones begin with the size that was learned', async () => {
    const { driver, receiver } = await connectedLog();
    receiver.reactAlways({ largest: 8_000 });
    const all = lines(512);
    await driver.write(textBatch(all));
    expect(receiver.texts()).toEqual(bare(all));
    const sent = receiver.requests.length;
    await driver.write(textBatch(all));
    expect(receiver.texts()).toEqual(bare([...all, ...all]));
    const refused = receiver.requests.slice(sent).filter(({ size }) => size > 8_000);
    expect(refused).toEqual([]);
    expect(await driver.close('drained', NEVER)).toEqual({ lost: 0 });
  });

  it('loses a record that is too large by itself, and no other', async () => {
    const { driver, receiver } = await connectedLog();
    receiver.reactAlways({ largest: 8_000 });
    const texts = ['one\n', 'two\n', `${'x'.repeat(9_000)}\n`, 'four\n', 'five\n'];
    expect(await failureOf(driver, textBatch(texts))).toMatchObject({
      retry: false,
      lost: 1,
      message: expect.stringContaining('rejected a record: HTTP 413') as string,
    });
    expect(receiver.texts()).toEqual(['one', 'two', 'four', 'five']);
  });

  it('of which the collector took a part is given again from there on', async () => {
    const { driver, receiver } = await connectedLog();
    const all = lines(100);
    receiver.react({ status: 413 }, 'take', { status: 503 });
    const { retry, lost } = await failureOf(driver, textBatch(all));
    expect({ retry, lost }).toEqual({ retry: true, lost: 100 - receiver.records.length });
    expect(receiver.records.length).toBeGreaterThan(0);
    await driver.write(textBatch(all.slice(-lost)));
    expect(receiver.texts()).toEqual(bare(all));
  });

  it('of which a part was rejected before another may come later is not forgotten', async () => {
    const { driver, receiver } = await connectedLog();
    const all = lines(100);
    receiver.react({ status: 413 }, { rejected: 3, message: 'no' }, { status: 503 });
    const { retry, lost } = await failureOf(driver, textBatch(all));
    expect(retry).toBe(true);
    expect(await failureOf(driver, textBatch(all.slice(-lost, -lost + 2)))).toMatchObject({ retry: false, lost: 2 });
    expect(await driver.close('drained', NEVER)).toEqual({ lost: 1 });
    expect(await driver.close('drained', NEVER)).toEqual({ lost: 0 });
  });
});
