import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../test/support/forward-receiver.js';
import { lines, useForward, type TestLog } from './support/test-log.js';

const forward = useForward();
const LINES = 100_000;
const BATCH = 2000;

/** As the host does: what was not taken is given again. Returns how often that was. */
async function writeAll(log: TestLog, texts: readonly string[]): Promise<number> {
  let refusals = 0;
  for (let at = 0; at < texts.length;) {
    const batch = texts.slice(at, at + BATCH);
    const lost = await log.rewrite(batch, { sequence: at }).then(
      () => 0,
      (error: { lost: number; retry: boolean }) => {
        expect(error.retry).toBe(true);
        refusals++;
        return error.lost;
      },
    );
    at += batch.length - lost;
  }
  return refusals;
}

const numberOf = (log: string): number => Number(log.slice('line '.length));

describe(`${LINES} lines`, () => {
  it('arrive complete, in order and once', async () => {
    const receiver = await forward.receiver();
    const log = await forward.log(receiver);
    expect(await writeAll(log, lines(LINES))).toBe(0);
    const { logs } = receiver;
    expect(logs).toHaveLength(LINES);
    expect(logs.findIndex((text, i) => text !== `line ${i}`)).toBe(-1);
    expect(receiver.problems).toEqual([]);
    expect(receiver.connections).toBe(1);
  });

  it('all arrive, in order, when the receiver is restarted under them; those that come twice come under the same id', async () => {
    const lostAcks = [10, 20, 30, 40];
    // Before each restart a chunk is taken and its ack is lost.
    const answer = (_message: unknown, index: number): Answer => (lostAcks.includes(index + 1) ? 'no ack' : 'ack');
    const receiver = await forward.receiver({ answer });
    const log = await forward.log(receiver, { callTimeoutMs: 2000 });
    const writing = writeAll(log, lines(LINES));
    for (const count of lostAcks) {
      await receiver.until(() => receiver.messages.length >= count);
      await receiver.stop();
      await receiver.start();
    }
    await writing;
    const chunks = new Map(receiver.messages.map((message) => [message.chunk, message.events] as const));
    const once = [...chunks.values()].flat().map(({ record }) => numberOf(String(record['log'])));
    expect(once).toHaveLength(LINES);
    expect(once.findIndex((number, i) => number !== i)).toBe(-1);
    expect(receiver.messages.length).toBeGreaterThanOrEqual(chunks.size + lostAcks.length);
  });
});
