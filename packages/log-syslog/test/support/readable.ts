import {
  definePlugin,
  type LogBatch,
  type LogDriver,
  type LogEntry,
  type LogGap,
  type LogLoss,
  type LogQuery,
  type PluginDefinition,
} from '@holdfast/core/plugin';
import syslog from '../../src/index.js';
import { gapText } from '../../src/message/gap.js';
import type { Receiver } from './receiver.js';
import type { StrictMessage } from './strict-message.js';

/** Of one container: records and bytes that were written. A record has one message at least. */
const written = new Map<string, Amount>();

interface Amount {
  readonly bytes: number;
  readonly records: number;
}

/** The driver with a `read` that asks the receiver, so that the conformance suite sees what has arrived. */
export function readableThrough(receiver: () => Receiver): PluginDefinition<'log-driver'> {
  return definePlugin({
    ...syslog,
    create(context, options) {
      const driver = syslog.create(context, options);
      const { id, namespace } = context.container;
      const key = `${namespace}/${id}`;
      const write = driver.write.bind(driver);
      const gap = driver.gap?.bind(driver);
      const came = (records: number, bytes: number): void => {
        const before = written.get(key) ?? NONE;
        written.set(key, { bytes: before.bytes + bytes, records: before.records + records });
      };
      const read = (query: LogQuery): AsyncIterable<LogEntry | LogGap> => readBack(receiver(), key, query);
      return Object.assign<LogDriver, Partial<LogDriver>>(driver, {
        async write(batch) {
          await write(batch);
          came(batch.count, textBytes(batch));
          // The kernel keeps little for a receiver of UDP, and this one has its turn only between batches.
          if (receiver().kind === 'udp') await arrival(receiver(), key);
        },
        async gap(loss: LogLoss) {
          await gap?.(loss);
          came(1, gapText(loss).length);
        },
        read,
      });
    },
  });
}

const NONE: Amount = { bytes: 0, records: 0 };

function textBytes(batch: LogBatch): number {
  return Array.from({ length: batch.count }, (_, i) => batch.record(i).bytes.length).reduce((sum, n) => sum + n, 0);
}

async function* readBack(receiver: Receiver, key: string, query: LogQuery): AsyncGenerator<LogEntry | LogGap> {
  await arrival(receiver, key);
  for (const { msgId, time, text, data } of arrivedFor(receiver, key).messages) {
    if (msgId === 'gap') yield gapOf(time, data.get('gap@32473'));
    if (msgId === 'gap' || query.streams?.includes(msgId) === false) continue;
    if ((query.since !== undefined && time < query.since) || (query.until !== undefined && time >= query.until))
      continue;
    const partial = data.get('partial@32473')?.get('last') === 'false';
    yield { type: 'entry', stream: msgId, time, bytes: text, partial };
  }
}

function gapOf(time: bigint, element: ReadonlyMap<string, string> | undefined): LogGap {
  const field = (name: string): string => element?.get(name) ?? '';
  const [records, bytes] = [Number(field('records')), Number(field('bytes'))];
  return { type: 'gap', records, bytes, time, reason: field('reason'), stream: field('stream') as LogEntry['stream'] };
}

/** Resolves when all that was written has come. */
async function arrival(receiver: Receiver, key: string): Promise<void> {
  await receiver.until('what was written', () => {
    const wanted = written.get(key) ?? NONE;
    const { messages, bytes } = arrivedFor(receiver, key);
    return messages.length >= wanted.records && bytes >= wanted.bytes;
  });
}

interface Arrived {
  readonly messages: StrictMessage[];
  bytes: number;
}

/** What came for each container, of the messages that were looked at. */
const indexes = new WeakMap<Receiver, { seen: number; readonly arrived: Map<string, Arrived> }>();

function arrivedFor(receiver: Receiver, key: string): Arrived {
  const index = indexes.get(receiver) ?? { seen: 0, arrived: new Map<string, Arrived>() };
  indexes.set(receiver, index);
  for (; index.seen < receiver.messages.length; index.seen++) {
    const message = receiver.messages[index.seen]!;
    const own = index.arrived.get(keyOf(message)) ?? { messages: [], bytes: 0 };
    index.arrived.set(keyOf(message), own);
    own.messages.push(message);
    own.bytes += message.text.length;
  }
  return index.arrived.get(key) ?? { messages: [], bytes: 0 };
}

function keyOf({ data }: StrictMessage): string {
  const container = data.get('container@32473');
  return `${container?.get('namespace')}/${container?.get('id')}`;
}
