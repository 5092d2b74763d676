import type { DatagramSender, Datagrams, LogBatch } from '@holdfast/core/plugin';
import type { Ordinals } from './ordinals.js';
import type { Patience } from './patience.js';
import type { RecordFields } from './record-fields.js';

/** What {@link writeBatch} works with. */
export interface BatchTarget {
  readonly sender: DatagramSender;
  readonly fields: RecordFields;
  readonly ordinals: Ordinals;
  readonly patience: Patience;
}

/** A batch of which the last `lost` records were not sent. */
export class BatchError extends Error {
  constructor(
    readonly lost: number,
    override readonly cause: unknown,
  ) {
    super(`${lost} records were not sent`, { cause });
  }
}

/** Sends a batch, waiting where it must. Rejects with a {@link BatchError}. */
export async function writeBatch(batch: LogBatch, target: BatchTarget): Promise<void> {
  const { fields, ordinals, patience } = target;
  fields.begin(batch);
  const first = ordinals.take(batch);
  patience.begin();
  for (let done = 0; done < batch.count;) {
    const slice = fields.encode(batch, done, first + done);
    const { sent, error } = await sendAll(slice, target);
    done += sent;
    if (sent === slice.to) continue;
    fields.takeBack(batch, done - sent, sent);
    ordinals.giveBack(batch, batch.count - done);
    patience.lose();
    throw new BatchError(batch.count - done, error);
  }
}

/** `error` tells why not all were sent. */
async function sendAll(all: Datagrams, { sender, patience }: BatchTarget): Promise<{ sent: number; error?: unknown }> {
  let sent = 0;
  for (;;) {
    try {
      const waiting = sender.send({ ...all, from: sent }, patience.until);
      if (waiting !== undefined) await waiting;
      patience.regain();
      return { sent: all.to };
    } catch (error) {
      const more = (error as { sent?: unknown }).sent;
      sent += typeof more === 'number' ? more : 0;
      const tookSome = typeof more === 'number' && more > 0;
      if (!patience.isLost || !tookSome) return { sent, error };
      patience.regain();
    }
  }
}
